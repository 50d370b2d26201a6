//! The right way: declare, prove authority, ask policy, have it approved, do it, and show it.

use hansa_crypto::jwk;
use hansa_crypto::jws::Unverified;
use hansa_node::effect::RECEIPT_TYPE;
use hansa_types::TaskId;
use hansa_wire::api::actions::{ActionState, ActionView, ReceiptGet, TaskReplay};
use hansa_wire::api::approvals::ApprovalRequest;
use hansa_wire::api::clearance::{DecisionRecord, GovernanceAttest, ImpactAssess, LiabilityBind};
use hansa_wire::api::node::NodeGet;
use hansa_wire::api::policies::PolicyVerdict;
use serde_json::json;

use super::super::expect::{equal, holds};
use super::super::tell::{Facts, Told};
use super::cast::{Cast, INVOICE_USD, ask, call, look};
use crate::failure::Failure;

/// The agent says what it wants to do, who answers for it, and what it leads to.
pub(super) async fn declare(cast: &Cast) -> Told<TaskId> {
    let agent = &cast.payer.remote;
    let task = cast.declare("high").await?;
    ask::<LiabilityBind>(agent, json!({ "task": task, "jurisdiction": "US" })).await?;
    let impact = json!({ "task": task, "recommendation": "proceed",
        "time_horizons": [{ "horizon": "immediate", "severity": "low" }],
        "stakeholders": [{ "stakeholder": "counterparty", "harmed": false, "magnitude": 10 }] });
    ask::<ImpactAssess>(agent, impact).await?;
    let decision = json!({ "task": task, "selected_action": "pay the invoice",
        "action_class": "transact", "rationale": "the goods arrived" });
    ask::<DecisionRecord>(agent, decision).await?;
    Ok((task, Facts::new().with("task", task.to_string()).with("risk", "high")))
}

/// Policy lets nobody pay that much alone.
pub(super) async fn ask_policy(cast: &Cast, task: TaskId) -> Told<()> {
    let said = cast.evaluate(task, "approve_payment").await?;
    equal("the verdict", said.verdict, Some(PolicyVerdict::RequireApproval))?;
    let rules: Vec<String> = said.matched_rules.iter().map(ToString::to_string).collect();
    let facts = Facts::new().with("verdict", "require_approval").with("rules", rules.join(", "));
    Ok(((), facts))
}

/// The agent asks for approval of this very call.
pub(super) async fn request(cast: &Cast, task: TaskId) -> Told<ApprovalRequest> {
    let request = cast.request(task).await?;
    let digest = request.call_digest.map(|digest| digest.to_string()).unwrap_or_default();
    Ok((request, Facts::new().with("call_digest", digest)))
}

/// The monitor attests that nothing stands against it, and approves.
pub(super) async fn approve(cast: &Cast, task: TaskId, request: &ApprovalRequest) -> Told<()> {
    let cleared = json!({ "task": task, "role": "compliance_monitor", "verdict": "cleared" });
    ask::<GovernanceAttest>(&cast.monitor.remote, cleared).await?;
    let approved = cast.decide(&cast.monitor.remote, request, "approved").await?;
    let by = approved.approvals.first().map(|approval| approval.by.to_string());
    Ok(((), Facts::new().with("by", by.unwrap_or_default())))
}

/// Every lock is open: the bank is asked, once.
pub(super) async fn execute(cast: &Cast, task: TaskId) -> Told<ActionView> {
    let before = cast.outside.bank.calls();
    let paid = cast.submit(task, cast.token, call("approve_payment", INVOICE_USD)).await?;
    equal("the state of the action", paid.state, ActionState::Done)?;
    equal("how often the bank was asked", cast.outside.bank.calls(), before + 1)?;
    let facts = Facts::new()
        .with("action", paid.id.to_string())
        .with("usd", INVOICE_USD)
        .with("receipt", paid.receipt.to_string());
    Ok((paid, facts))
}

/// Whoever has the node's key can check the receipt.
pub(super) async fn receipt(cast: &Cast, paid: &ActionView) -> Told<()> {
    let receipt = json!({ "receipt": paid.receipt });
    let receipt = look::<ReceiptGet>(&cast.payer.remote, receipt).await?;
    let key = look::<NodeGet>(&cast.payer.remote, json!({})).await?.public_key.0;
    let broken = |error| Failure::because("the receipt does not verify", &error);
    let read = Unverified::read(&receipt.jws).map_err(broken)?;
    equal("the key that signed", read.header().kid.clone(), Some(jwk::thumbprint(&key)))?;
    let claims = read.verify_claims(&key.prepare(), RECEIPT_TYPE).map_err(broken)?;
    equal("what the receipt says", claims.get("state"), Some(&json!("done")))?;
    let grant = cast.token.map(|grant| json!(grant));
    equal("the authority on the receipt", claims.get("grant"), grant.as_ref())?;
    Ok(((), Facts::new().with("signed_by", jwk::thumbprint(&key)).with("state", "done")))
}

/// The record of the task shows each key as it was turned.
pub(super) async fn replay(cast: &Cast, task: TaskId) -> Told<()> {
    let replay = look::<TaskReplay>(&cast.payer.remote, json!({ "task": task })).await?;
    let kind = |step: &hansa_wire::api::actions::ReplayStep| {
        step.entry.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
    };
    let kinds: Vec<String> = replay.steps.iter().map(kind).collect();
    for wanted in ["task.declared", "approval.decided", "effect.started", "effect.finished"] {
        holds(format!("{wanted} is on record"), kinds.iter().any(|kind| kind == wanted))?;
    }
    let facts = Facts::new().with("steps", kinds.len()).with("head", replay.head.to_string());
    Ok(((), facts))
}
