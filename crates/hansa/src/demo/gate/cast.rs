//! Who has a part in it: the owner, who speaks for the treasury; the finance department; the agent
//! that pays; and a compliance monitor who is nobody's but her own.

use hansa_crypto::Secret;
use hansa_types::{GrantId, PolicySetId, TaskId};
use hansa_wire::api::actions::{ActionSubmit, ActionView};
use hansa_wire::api::approvals::{
    ApprovalDecide, ApprovalRequest, ApprovalRequestCreate, RoleAssign,
};
use hansa_wire::api::clearance::TaskDeclare;
use hansa_wire::api::currencies::CurrencyCreate;
use hansa_wire::api::grants::{Grant, GrantCreate};
use hansa_wire::api::node::NodeGet;
use hansa_wire::api::policies::{
    PolicyEvaluate, PolicyEvaluation, PolicySetActivate, PolicySetCreate,
};
use hansa_wire::client::Credential;
use hansa_wire::operation::Request;
use serde_json::{Value, json};

use super::super::agents::actor;
use super::super::cast::{Actor, Member};
use super::super::identity::{Developer, person};
use super::super::process::Stage;
use super::super::tell::{Facts, Told};
use super::outside::Outside;
use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};

const FINANCE: Member = Member { name: "finance", skill: "budgeting", price: "1" };
const PAYER: Member = Member { name: "finance-agent", skill: "paying-invoices", price: "1" };
/// What the vendor's invoice says, in whole dollars.
pub(super) const INVOICE_USD: u64 = 125_000;
/// What the agent may pay at once, in whole dollars.
const LIMIT_USD: u64 = 200_000;

/// Everybody.
pub(super) struct Cast {
    /// The node, asked as its owner.
    pub(super) owner: Remote,
    /// Who hands authority on.
    pub(super) finance: Actor,
    /// Who pays.
    pub(super) payer: Actor,
    /// Who approves, and who looks into escalations.
    pub(super) monitor: Developer,
    /// What finance holds of the treasury.
    pub(super) department: Option<GrantId>,
    /// What the agent holds of finance.
    pub(super) token: Option<GrantId>,
    /// The bank and the engine.
    pub(super) outside: Outside,
}

/// Asks the node for something that is carried out once.
pub(super) async fn ask<R: Request>(remote: &Remote, body: Value) -> Result<R::Response, Failure> {
    remote.call_once(&read::<R>(body)?, &Idempotency::default()).await
}

/// Asks the node for something that changes nothing.
pub(super) async fn look<R: Request>(remote: &Remote, body: Value) -> Result<R::Response, Failure> {
    remote.call(&read::<R>(body)?).await
}

fn read<R: Request>(body: Value) -> Result<R, Failure> {
    serde_json::from_value(body)
        .map_err(|error| Failure::because(format!("a request {} is none", R::OPERATION), &error))
}

/// Registers everybody and gives the monitor her role.
pub(super) async fn gather(stage: &Stage, owner_key: Secret, outside: Outside) -> Told<Cast> {
    let owner = Remote::new(&stage.announced.url, Credential::ApiKey(owner_key), None)?;
    let finance = actor(stage, &owner, &FINANCE).await?;
    let payer = actor(stage, &owner, &PAYER).await?;
    let monitor = person(stage, "Carla", "carla@example.com").await?;
    let role = json!({ "principal": monitor.id, "role": "compliance_monitor" });
    ask::<RoleAssign>(&owner, role).await?;
    let facts = Facts::new()
        .with("agent", payer.id.to_string())
        .with("compliance_monitor", monitor.id.to_string());
    let (department, token) = (None, None);
    Ok((Cast { owner, finance, payer, monitor, department, token, outside }, facts))
}

/// Dollars, the policy for payments, and one that only the remote engine evaluates.
pub(super) async fn policy(cast: &Cast) -> Told<()> {
    ask::<CurrencyCreate>(&cast.owner, json!({ "code": "USD", "scale": 2 })).await?;
    let finance = activate(cast, payments()?).await?;
    let abroad = json!({ "name": "abroad", "version": "1", "engine": "opa",
        "actions": ["wire_abroad"] });
    activate(cast, abroad).await?;
    Ok(((), Facts::new().with("policy_set", finance.to_string())))
}

async fn activate(cast: &Cast, set: Value) -> Result<PolicySetId, Failure> {
    let set = ask::<PolicySetCreate>(&cast.owner, set).await?;
    let active = ask::<PolicySetActivate>(&cast.owner, json!({ "policy_set": set.id })).await?;
    Ok(active.id)
}

/// The policy set that comes with the source.
fn payments() -> Result<Value, Failure> {
    const MANIFEST: &str = include_str!("../../../../../policies/finance-v2/policy.json");
    const DATA: &str = include_str!("../../../../../policies/finance-v2/data.json");
    const RULES: &str = include_str!("../../../../../policies/finance-v2/policy.rego");
    let broken = |error| Failure::because("the bundled policy does not read", &error);
    let mut set: Value = serde_json::from_str(MANIFEST).map_err(broken)?;
    set["data"] = serde_json::from_str(DATA).map_err(broken)?;
    set["modules"] = json!({ "policy.rego": RULES });
    Ok(set)
}

/// The treasury's authority goes to finance, and less of it to the agent.
pub(super) async fn authority(cast: &mut Cast) -> Told<()> {
    let node = look::<NodeGet>(&cast.owner, json!({})).await?.did;
    let mut wide = terms(&["approve_payment", "wire_abroad"], 30 * 86_400);
    wide["holder"] = json!(cast.finance.id);
    wide["on_behalf_of"] = json!(node);
    wide["total"] = json!("10000000");
    let department = ask::<GrantCreate>(&cast.owner, wide).await?;
    cast.department = Some(department.id);
    let token = narrow(cast, department.id, 86_400).await?;
    cast.token = Some(token.id);
    let facts = Facts::new()
        .with("token", token.id.to_string())
        .with("limit_usd", LIMIT_USD)
        .with("chain", 2);
    Ok(((), facts))
}

fn terms(actions: &[&str], expires_in_s: u64) -> Value {
    json!({ "actions": actions, "currency": "USD", "per_use": LIMIT_USD.to_string(),
        "total": "5000000", "expires_in_s": expires_in_s })
}

/// A grant of finance's to the agent, no wider than another one.
pub(super) async fn narrow(
    cast: &Cast,
    parent: GrantId,
    expires_in_s: u64,
) -> Result<Grant, Failure> {
    let mut narrow = terms(&["approve_payment", "wire_abroad"], expires_in_s);
    narrow["holder"] = json!(cast.payer.id);
    narrow["parent"] = json!(parent);
    ask::<GrantCreate>(&cast.finance.remote, narrow).await
}

/// What the agent wants to have done.
pub(super) fn call(tool: &str, usd: u64) -> Value {
    json!({ "type": "tool_call", "tool": tool,
        "params": { "vendor": "Acme Corp", "amount_usd": usd } })
}

impl Cast {
    /// The agent declares a task.
    pub(super) async fn declare(&self, risk: &str) -> Result<TaskId, Failure> {
        let task = json!({ "requested_outcome": "Approve $125k payment to Acme Corp",
            "risk_tier": risk, "jurisdictions": ["US"] });
        Ok(ask::<TaskDeclare>(&self.payer.remote, task).await?.id)
    }

    /// The agent asks what policy says.
    pub(super) async fn evaluate(
        &self,
        task: TaskId,
        tool: &str,
    ) -> Result<PolicyEvaluation, Failure> {
        let act = json!({ "task": task, "action": tool, "amount": INVOICE_USD.to_string(),
            "currency": "USD", "counterparty_name": "Acme Corp" });
        ask::<PolicyEvaluate>(&self.payer.remote, act).await
    }

    /// The agent asks for approval of the invoice.
    pub(super) async fn request(&self, task: TaskId) -> Result<ApprovalRequest, Failure> {
        let request = json!({ "task": task, "call": call("approve_payment", INVOICE_USD),
            "roles": ["compliance_monitor"] });
        ask::<ApprovalRequestCreate>(&self.payer.remote, request).await
    }

    /// Somebody approves or rejects.
    pub(super) async fn decide(
        &self,
        by: &Remote,
        request: &ApprovalRequest,
        decision: &str,
    ) -> Result<ApprovalRequest, Failure> {
        let said = json!({ "request": request.id, "decision": decision,
            "call_digest": request.call_digest });
        ask::<ApprovalDecide>(by, said).await
    }

    /// The agent submits the envelope.
    pub(super) async fn submit(
        &self,
        task: TaskId,
        grant: Option<GrantId>,
        call: Value,
    ) -> Result<ActionView, Failure> {
        let mut envelope = json!({ "task": task, "action": call });
        if let Some(grant) = grant {
            envelope["grant"] = json!(grant);
        }
        ask::<ActionSubmit>(&self.payer.remote, envelope).await
    }
}
