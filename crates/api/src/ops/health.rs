//! Whether the process lives, whether the node can work, what it measures and which version it is.

use hansa_kernel::policy::ConsequentialActs;
use hansa_node::PolicyStanding;
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
    let mut checks = vec![
        check("writer", found.writer, "the writer takes no commands".to_owned()),
        check("clock", found.clock, jump),
        check("disk", found.disk, free),
        check("views", found.views, "the read models do not follow".to_owned()),
        check("serving", found.serving, "the node is about to stop".to_owned()),
    ];
    checks.extend(node.policy_standing().await.ok().map(|standing| policy(&standing)));
    let ready = found.is_ready();
    let answer = Answer::json(&Readiness { ready, checks })?;
    Ok(if ready { answer } else { answer.with_status(503) })
}

/// What policy does. Weak policy is said and is no reason to send requests elsewhere.
fn policy(standing: &PolicyStanding) -> ReadinessCheck {
    let weak = standing.weakened.iter().map(|(set, mode)| format!("{set} is {}", mode.as_str()));
    let weak: Vec<String> = weak.collect();
    let sets = match (standing.enforced.len(), weak.is_empty()) {
        (0, true) => Some("no policy set is active".to_owned()),
        (_, true) => None,
        (enforced, false) => Some(format!("{enforced} enforced; {}", weak.join(", "))),
    };
    let acts = match standing.consequential {
        ConsequentialActs::Alone => Some("mints, burns and key rotations wait for nobody"),
        ConsequentialActs::WaitForNobody => {
            Some("mints, burns and key rotations wait, and nobody in office could approve them")
        }
        ConsequentialActs::Wait | ConsequentialActs::ByPolicy => None,
    };
    let said: Vec<String> = sets.into_iter().chain(acts.map(str::to_owned)).collect();
    let detail = (!said.is_empty()).then(|| said.join("; "));
    ReadinessCheck { name: "policy".to_owned(), ok: true, detail }
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
