//! Policy evaluations: asking the node's policy, with what the client states as the least.

use hansa_kernel::State;
use hansa_kernel::policy::{Act, Engine};
use hansa_types::{AnyId, Code, DecisionId, PolicyEvaluationId, PolicySetId, Rejection, TaskId};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::evaluation::{action_of, operation, policy_decision, wanted};
use hansa_wire::api::actions::Wait;
use hansa_wire::api::policies::{
    PolicyEngine, PolicyEvaluate, PolicyEvaluation, PolicyEvaluationGet, PolicySet, PolicySetGet,
    PolicySetList, PolicySetStatus,
};
use hansa_wire::scalar::ActionPattern;
use serde_json::Value;

use super::artifacts::own;
use super::asked::{Asked, Prefer};
use super::registry::LOOKED_THROUGH;
use super::{Reply, invalid};
use crate::ops::evaluations::WHOLE_TASK;

/// Has policy look at a decision, or at a task as a whole.
pub(super) async fn policy_evaluation_create(asked: &Asked) -> Result<Reply, AgpError> {
    let wanted = wanted(&asked.body).map_err(invalid)?;
    let task = asked.task().await?;
    let decided = match wanted.decision {
        Some(AnyId::Decision(id)) => Some(id),
        Some(_) => {
            return Err(Rejection::new(Code::InvalidField, "decision_ref: no decision").into());
        }
        None => newest_decision(asked, task).await?,
    };
    let action = match (wanted.request.action.clone(), decided) {
        (None, Some(decision)) => {
            selected_action(asked, decision).await?.as_deref().and_then(action_of)
        }
        (named, _) => named,
    };
    let policy_set = match &wanted.set {
        Some(named) => policy_set(asked, named).await?,
        None => None,
    };
    let wait = match asked.prefer {
        Prefer::Async => Wait::Started,
        Prefer::Sync if asked.unprefixed => {
            later_if_remote(asked, (task, action.as_ref()), policy_set).await?
        }
        Prefer::Sync | Prefer::ValidateOnly => Wait::Done,
    };
    let request = PolicyEvaluate { task: Some(task), action, policy_set, wait, ..wanted.request };
    let said = asked.native("evaluate", &request).await?;
    if wait == Wait::Started {
        return Ok(Reply::new(asked.route, operation(&said, &asked.base_url)).with_status(202));
    }
    let decided = decided.map(|id| id.to_string());
    Ok(Reply::new(asked.route, policy_decision(&said, decided)))
}

/// The variant without prefixes has an evaluation answered later where another system is asked, whatever
/// the client would like.
async fn later_if_remote(
    asked: &Asked,
    (task, action): (TaskId, Option<&ActionPattern>),
    named: Option<PolicySetId>,
) -> Result<Wait, AgpError> {
    let action = action.map_or(WHOLE_TASK, ActionPattern::as_str).to_owned();
    let look = move |state: &State| {
        let act = Act { action: action.into(), task: state.task_facts(task), ..Act::default() };
        let named = named.and_then(|id| state.policies.get(id)).map(|set| set.engine);
        let mut engines = state.sort_sets(&act).1.into_iter().map(|set| set.engine).chain(named);
        engines.any(|engine| engine == Engine::Opa)
    };
    let remote = asked.api.node.read(Some(asked.caller.identity.principal), look).await?;
    Ok(if remote { Wait::Started } else { Wait::Done })
}

/// The decision that a task's evaluation is about where the request names none.
async fn newest_decision(asked: &Asked, task: TaskId) -> Result<Option<DecisionId>, AgpError> {
    let declared = asked.declared(task).await?;
    let newest = declared.artifacts.iter().rev().find_map(|id| match id {
        AnyId::Decision(id) => Some(*id),
        _ => None,
    });
    Ok(newest)
}

/// What a decision says is done; nothing where the node made it by its defaults.
pub(super) async fn selected_action(
    asked: &Asked,
    decision: DecisionId,
) -> Result<Option<String>, AgpError> {
    let made = asked.artifact(decision).await?;
    let document = made.document.as_ref();
    let said =
        document.and_then(|document| document.get("selected_action")).and_then(Value::as_str);
    Ok(said.map(str::to_owned))
}

/// The set that must be among those that look, by its id or by the name of the active one. A record
/// of rules that are kept elsewhere cannot look: what its keeper says is the verdict that is stated.
async fn policy_set(asked: &Asked, named: &str) -> Result<Option<PolicySetId>, AgpError> {
    let found: Option<PolicySet> = match named.parse::<PolicySetId>() {
        Ok(id) => Some(asked.native("policy_set", &PolicySetGet { policy_set: id }).await?),
        Err(_) => active_of_name(asked, named).await?,
    };
    let unknown = || Rejection::new(Code::NotFound, "policy_set_id: no active set of that name");
    let found = found.ok_or_else(unknown)?;
    Ok((found.engine != PolicyEngine::Record).then_some(found.id))
}

async fn active_of_name(asked: &Asked, name: &str) -> Result<Option<PolicySet>, AgpError> {
    let mut list = PolicySetList {
        status: Some(PolicySetStatus::Active),
        limit: LOOKED_THROUGH,
        ..PolicySetList::default()
    };
    loop {
        let page = asked.native("policy_sets", &list).await?;
        let found = page.data.into_iter().find(|set| set.name == name);
        match (found, page.next_cursor) {
            (Some(found), _) => return Ok(Some(found)),
            (None, None) => return Ok(None),
            (None, cursor) => list.cursor = cursor,
        }
    }
}

/// Reads what policy said.
pub(super) async fn policy_evaluation_get(asked: &Asked) -> Result<Reply, AgpError> {
    let said = asked.evaluation(asked.id()?).await?;
    let own = own(asked, said.task).await?;
    Ok(Reply::new(asked.route, policy_decision(&said, own.decision)))
}

impl Asked {
    /// An evaluation.
    pub(super) async fn evaluation(
        &self,
        evaluation: PolicyEvaluationId,
    ) -> Result<PolicyEvaluation, AgpError> {
        self.native("evaluation", &PolicyEvaluationGet { evaluation }).await
    }
}
