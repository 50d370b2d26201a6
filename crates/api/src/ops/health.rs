//! Whether the process lives, whether the node can work, what it measures and which version it is.

use hansa_wire::Problem;
use hansa_wire::api::node::{
    Health, HealthStatus, Metrics, Readiness, ReadinessCheck, Ready, Version, VersionInfo,
};

use crate::answer::Answer;
use crate::context::Context;

/// Answers without asking anything.
pub(crate) async fn health(_: &Context, _: Health) -> Result<Answer, Problem> {
    Answer::json(&HealthStatus { status: "ok".to_owned() })
}

/// Answers 503 with the same body when a check fails.
pub(crate) async fn ready(context: &Context, _: Ready) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let found = node.readiness();
    let check = |name: &str, ok: bool, detail: String| ReadinessCheck {
        name: name.to_owned(),
        ok,
        detail: (!ok).then_some(detail),
    };
    let jump = format!("the wall clock jumped by {} ms", node.clock_jump_ms().unwrap_or(0));
    let free = format!("{} bytes are free", node.free_bytes());
    let checks = vec![
        check("writer", found.writer, "the writer takes no commands".to_owned()),
        check("clock", found.clock, jump),
        check("disk", found.disk, free),
        check("views", found.views, "the read models do not follow".to_owned()),
        check("serving", found.serving, "the node is about to stop".to_owned()),
    ];
    let ready = found.is_ready();
    let answer = Answer::json(&Readiness { ready, checks })?;
    Ok(if ready { answer } else { answer.with_status(503) })
}

/// Everything that is measured.
pub(crate) async fn metrics(context: &Context, _: Metrics) -> Result<Answer, Problem> {
    Ok(Answer::bytes(context.api.node.metrics.render()))
}

/// Which software this is.
pub(crate) async fn version(context: &Context, _: Version) -> Result<Answer, Problem> {
    Answer::json(&VersionInfo {
        name: "hansa".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: context.api.settings.commit.clone(),
    })
}
