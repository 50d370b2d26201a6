//! Nine ways to get it wrong. Each is refused by its own name, asks the bank for nothing and is on
//! record; where the agent reached beyond its authority, the monitor finds an escalation.

use std::future::Future;

use hansa_types::governance::Clearance;
use hansa_types::{Code, EscalationId, TaskId};
use hansa_wire::api::actions::{ActionView, TaskReplay};
use hansa_wire::api::approvals::{EscalationList, EscalationResolve};
use hansa_wire::api::clearance::{DeclaredTask, TaskUpdate};
use hansa_wire::api::grants::{GrantCreate, GrantGet, GrantRevoke, GrantStatus};
use hansa_wire::api::tasks::{AnyTask, TaskGet};
use serde_json::{Value, json};

use super::super::expect::{equal, holds, refused, until};
use super::super::tell::{Facts, Told};
use super::cast::{Cast, INVOICE_USD, ask, call, look, narrow};
use crate::failure::Failure;

fn payment() -> Value {
    call("approve_payment", INVOICE_USD)
}

/// A task for which everything is in order: the monitor has approved the invoice.
async fn approved(cast: &Cast) -> Result<TaskId, Failure> {
    let task = cast.declare("medium").await?;
    cast.evaluate(task, "approve_payment").await?;
    let request = cast.request(task).await?;
    cast.decide(&cast.monitor.remote, &request, "approved").await?;
    Ok(task)
}

/// Refused, on record, and the bank was not asked.
async fn stopped(
    cast: &Cast,
    task: TaskId,
    code: Code,
    attempt: impl Future<Output = Result<ActionView, Failure>>,
) -> Result<Facts, Failure> {
    let before = cast.outside.bank.calls();
    let reason = refused("the payment", attempt.await, code)?;
    equal("how often the bank was asked", cast.outside.bank.calls(), before)?;
    let seq = on_record(cast, task, code).await?;
    Ok(Facts::new().with("code", code.as_str()).with("reason", reason).with("entry", seq))
}

/// The entry that says that the gate refused something of a task.
async fn on_record(cast: &Cast, task: TaskId, code: Code) -> Result<u64, Failure> {
    let replay = look::<TaskReplay>(&cast.payer.remote, json!({ "task": task })).await?;
    let says = |entry: &serde_json::Map<String, Value>| {
        let refusal = entry.get("data").and_then(|data| data.get("refusal"));
        refusal.and_then(Value::as_str) == Some(code.as_str())
    };
    let step = replay.steps.iter().find(|step| says(&step.entry));
    step.map(|step| step.seq).ok_or_else(|| Failure::new(format!("{code} is not on record")))
}

/// The escalation that the node raised by itself, as the monitor sees it.
async fn escalated(cast: &Cast, task: TaskId) -> Result<EscalationId, Failure> {
    let listed = look::<EscalationList>(&cast.monitor.remote, json!({ "task": task })).await?;
    let found = listed.data.first();
    let found = found.ok_or_else(|| Failure::new("the monitor has no escalation"))?;
    holds("the node raised it", found.raised_by.is_none())?;
    Ok(found.id)
}

async fn with_escalation(cast: &Cast, task: TaskId, facts: Facts) -> Told<()> {
    let escalation = escalated(cast, task).await?;
    Ok(((), facts.with("escalation", escalation.to_string())))
}

/// 1. Without any authority.
pub(super) async fn no_token(cast: &Cast) -> Told<()> {
    let task = approved(cast).await?;
    let attempt = cast.submit(task, None, payment());
    Ok(((), stopped(cast, task, Code::GrantRequired, attempt).await?))
}

/// 2. With authority that has expired.
pub(super) async fn expired(cast: &Cast) -> Told<()> {
    let department = cast.department.ok_or_else(missing)?;
    let grant = narrow(cast, department, 1).await?.id;
    let task = approved(cast).await?;
    until("that the token expires", || async move {
        let grant = look::<GrantGet>(&cast.payer.remote, json!({ "grant": grant })).await?;
        Ok((grant.status == GrantStatus::Expired).then_some(()))
    })
    .await?;
    let attempt = cast.submit(task, Some(grant), payment());
    let facts = stopped(cast, task, Code::GrantExpired, attempt).await?;
    with_escalation(cast, task, facts).await
}

/// 3. With authority that somebody above took back.
pub(super) async fn revoked(cast: &Cast) -> Told<()> {
    let department = cast.department.ok_or_else(missing)?;
    let mut between = json!({ "actions": ["approve_payment", "wire_abroad"], "currency": "USD",
        "per_use": "200000", "total": "5000000", "expires_in_s": 86_400 });
    between["holder"] = json!(cast.finance.id);
    between["parent"] = json!(department);
    let finance = &cast.finance.remote;
    let between = ask::<GrantCreate>(finance, between).await?.id;
    let grant = narrow(cast, between, 3_600).await?.id;
    let task = approved(cast).await?;
    ask::<GrantRevoke>(finance, json!({ "grant": between })).await?;
    let attempt = cast.submit(task, Some(grant), payment());
    let facts = stopped(cast, task, Code::GrantRevoked, attempt).await?;
    with_escalation(cast, task, facts).await
}

/// 4. More than the authority reaches.
pub(super) async fn amount(cast: &Cast) -> Told<()> {
    let task = approved(cast).await?;
    let attempt = cast.submit(task, cast.token, call("approve_payment", 250_000));
    let facts = stopped(cast, task, Code::GrantLimitExceeded, attempt).await?;
    with_escalation(cast, task, facts).await
}

/// 5. Something else than the authority is for.
pub(super) async fn tool(cast: &Cast) -> Told<()> {
    let task = approved(cast).await?;
    let attempt = cast.submit(task, cast.token, call("close_account", INVOICE_USD));
    let facts = stopped(cast, task, Code::GrantOutOfScope, attempt).await?;
    with_escalation(cast, task, facts).await
}

/// 6. What the monitor rejected.
pub(super) async fn rejected(cast: &Cast) -> Told<()> {
    let task = cast.declare("medium").await?;
    cast.evaluate(task, "approve_payment").await?;
    let request = cast.request(task).await?;
    cast.decide(&cast.monitor.remote, &request, "rejected").await?;
    let attempt = cast.submit(task, cast.token, payment());
    Ok(((), stopped(cast, task, Code::ApprovalRejected, attempt).await?))
}

/// 7. Another amount than the one that was approved.
pub(super) async fn other_amount(cast: &Cast) -> Told<()> {
    let task = approved(cast).await?;
    let attempt = cast.submit(task, cast.token, call("approve_payment", 150_000));
    let facts = stopped(cast, task, Code::ApprovalMismatch, attempt).await?;
    with_escalation(cast, task, facts).await
}

/// 8. Approved by the agent itself.
pub(super) async fn own(cast: &Cast) -> Told<()> {
    let task = cast.declare("medium").await?;
    cast.evaluate(task, "approve_payment").await?;
    let request = cast.request(task).await?;
    let outcome = cast.decide(&cast.payer.remote, &request, "approved").await;
    let reason = refused("an approval of one's own act", outcome, Code::OwnAct)?;
    let seq = on_record(cast, task, Code::OwnAct).await?;
    let attempt = cast.submit(task, cast.token, payment());
    stopped(cast, task, Code::ApprovalPending, attempt).await?;
    let facts = Facts::new().with("code", Code::OwnAct.as_str()).with("reason", reason);
    Ok(((), facts.with("entry", seq)))
}

/// 9. With a policy engine that died in between: what it would have said counts for nothing.
pub(super) async fn dead_engine(cast: &mut Cast) -> Told<()> {
    let task = cast.declare("medium").await?;
    let said = cast.evaluate(task, "wire_abroad").await?;
    holds("the engine was asked", cast.outside.engine.calls() > 0)?;
    let verdict = serde_json::to_value(said.verdict).unwrap_or_default();
    cast.outside.engine.close().await;
    let attempt = cast.submit(task, cast.token, call("wire_abroad", 1));
    let facts = stopped(cast, task, Code::PolicyEngineUnavailable, attempt).await?;
    Ok(((), facts.with("alive_it_said", verdict)))
}

/// Neither the owner nor the agent lifts what holds a task; the monitor ends it.
pub(super) async fn resolved(cast: &Cast) -> Told<()> {
    let task = approved(cast).await?;
    let attempt = cast.submit(task, cast.token, call("close_account", INVOICE_USD));
    stopped(cast, task, Code::GrantOutOfScope, attempt).await?;
    let escalation = escalated(cast, task).await?;
    let lift = |outcome: &str| json!({ "escalation": escalation, "outcome": outcome });
    for (who, remote) in [("the owner", &cast.owner), ("the agent", &cast.payer.remote)] {
        let outcome = ask::<EscalationResolve>(remote, lift("dismissed")).await;
        refused(who, outcome, Code::RoleRequired)?;
    }
    let moved = ask::<TaskUpdate>(&cast.payer.remote, json!({ "task": task, "to": "revoked" }));
    refused("moving what stands still", moved.await, Code::TaskHeld)?;
    ask::<EscalationResolve>(&cast.monitor.remote, lift("upheld")).await?;
    let ended = look::<TaskGet>(&cast.payer.remote, json!({ "task": task })).await?;
    let is_denied = |task: &DeclaredTask| task.clearance == Clearance::Denied;
    holds("the task is denied", matches!(&ended, AnyTask::Declared(task) if is_denied(task)))?;
    Ok(((), Facts::new().with("outcome", "upheld").with("task", "denied")))
}

fn missing() -> Failure {
    Failure::new("finance has no authority yet")
}
