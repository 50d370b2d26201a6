//! Asking policy beforehand: what it would say of an act, on record, and reading that.

use hansa_kernel::policy::{
    self, Act, Facts, JudgedSet, Judgement, Question, SetRef, Stage, Verdict,
};
use hansa_kernel::{Caller, Command, Entry, Event, State};
use hansa_types::{
    AnyId, Code, PolicyEvaluationId, PolicySetId, PrincipalId, Rejection, TaskId, Time,
};
use hansa_wire::Problem;
use hansa_wire::api::policies::{
    PolicyEvaluate, PolicyEvaluation, PolicyEvaluationGet, PolicySetVerdict, PolicyVerdict,
};
use hansa_wire::scalar::ActionPattern;

use super::document::joined;
use super::policies::{tell_mode, tell_verdict};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::amount;

/// The action of a task as a whole.
const WHOLE_TASK: &str = "task";

/// What has to be asked, and what bounds have said already.
struct Asked {
    facts: Facts,
    bounded: Vec<JudgedSet>,
    open: Vec<SetRef>,
}

/// Asks what policy would say of an act of the caller's, and puts the answer on record.
pub(crate) async fn policy_evaluate(
    context: &Context,
    request: PolicyEvaluate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let identity = context.identity()?;
    let proven = Caller { principal: Some(identity.principal), auth: identity.auth.clone() };
    let act = act(context, &request).await?;
    let (task, named, now) = (request.task, request.policy_set, node.now());
    let caller = identity.principal;
    let look = move |state: &State| asked(state, caller, &proven, (act, task, named), now);
    let Asked { facts, bounded, open } = node.read(Some(caller), look).await??;
    let digest = facts.digest();
    let judgement = Box::pin(node.judge.judge(Question { facts, sets: open })).await;
    let all = bounded.into_iter().chain(judgement.policy_sets).collect();
    let judgement = Judgement::compose(digest, all);
    let id = PolicyEvaluationId::new(now.0, node.env.random_u128());
    let at_least = request.at_least.map(verdict);
    let sealed = context.seal_annotations(caller, id.into(), &request.annotations).await?;
    let address = context.seal_callback(id.into(), request.callback_url.as_deref()).await?;
    let callback = address.as_ref().map(|address| address.digest);
    let sealed = joined(sealed, address);
    let evaluate = policy::Evaluate { id, task, judgement, at_least, callback };
    let step = Step::new(Command::PolicyEvaluate(evaluate)).with(sealed);
    let done = context.submit(step).await?;
    Answer::done(&done, &tell(context, &done.entry).await?)
}

/// Reads what policy said, for who asked and for who takes part in the task.
pub(crate) async fn policy_evaluation_get(
    context: &Context,
    request: PolicyEvaluationGet,
) -> Result<Answer, Problem> {
    let (looker, id) = (context.principal()?, request.evaluation);
    let all = context.sees_all().await?;
    let look = move |state: &State| {
        let evaluation = state.policies.evaluation(id)?;
        let handle = state.principals.find(looker)?;
        let part = || evaluation.task.is_some_and(|task| state.takes_part(task, handle));
        (all || evaluation.by == handle || part()).then_some(evaluation.seq)
    };
    let node = &context.api.node;
    let seq = node.read(Some(looker), look).await?.ok_or(Code::NotFound)?;
    let entry = node.entry(seq).await.map_err(hansa_node::internal)?;
    Answer::json(&tell(context, &entry.ok_or(Code::NotFound)?).await?)
}

/// The act that a request describes.
async fn act(context: &Context, request: &PolicyEvaluate) -> Result<Act, Problem> {
    let action = request.action.as_ref().map_or(WHOLE_TASK, ActionPattern::as_str);
    if action.ends_with('*') {
        return Err(Problem::new(Code::InvalidField, "action: one operation, not a pattern"));
    }
    let money = match &request.amount {
        Some(wanted) => {
            let currency = context.api.currency(request.currency).await?;
            Some((currency.code, amount("amount", wanted, &currency)?))
        }
        None => None,
    };
    let principal = match &request.counterparty {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let name = request.counterparty_name.as_ref().map(|name| name.as_str().into());
    let named = principal.is_some() || name.is_some();
    let counterparty = named.then_some(policy::CounterpartyFacts { principal, kind: None, name });
    let parameters = match request.parameters.is_empty() {
        true => None,
        false => {
            let value = serde_json::Value::Object(request.parameters.clone());
            let text = hansa_crypto::json::canonical(&value)?;
            Some(String::from_utf8_lossy(&text).into())
        }
    };
    Ok(Act { action: action.to_owned().into(), money, counterparty, parameters, ..Act::default() })
}

fn asked(
    state: &State,
    caller: PrincipalId,
    proven: &Caller,
    (mut act, task, named): (Act, Option<TaskId>, Option<PolicySetId>),
    now: Time,
) -> Result<Asked, Rejection> {
    let handle = state.principal(caller)?;
    if let Some(id) = task {
        // A contract concerns its two parties alone.
        let hidden = state.tasks.get(id).is_some_and(|t| t.payer != handle && t.agent != handle);
        act.task = Some(state.task_facts(id).filter(|_| !hidden).ok_or(Code::NotFound)?);
    }
    if let Some(other) = &mut act.counterparty
        && let Some(id) = other.principal
    {
        other.kind = state.counterparty_facts(id).kind;
    }
    let (mut bounded, mut open) = state.sort_sets(&act);
    if let Some(id) = named {
        let set = state.policies.get(id).ok_or(Code::NotFound)?;
        let may = matches!(set.stage, Stage::Active | Stage::Deprecated);
        if !may || set.engine == policy::Engine::Record {
            return Err(Code::PolicySetState.into());
        }
        // It is asked itself, whatever its bounds say, and the others are not left out for it.
        bounded.retain(|judged| judged.set != id);
        if !open.iter().any(|asked| asked.set == id) {
            open.push(set.reference(id));
        }
    }
    Ok(Asked { facts: state.facts(handle, proven, act, now), bounded, open })
}

async fn tell(context: &Context, entry: &Entry) -> Result<PolicyEvaluation, Problem> {
    let (Event::PolicyEvaluated(evaluated), AnyId::PolicyEvaluation(id), Some(by)) =
        (&entry.event, entry.id, entry.actor)
    else {
        return Err(Code::Internal.into());
    };
    let judged = &evaluated.judged;
    let sets = judged.sets.iter().map(|line| PolicySetVerdict {
        policy_set: line.set,
        rules_digest: line.rules_digest,
        mode: tell_mode(line.mode),
        verdict: tell_verdict(line.verdict),
        failed: line.failed,
    });
    Ok(PolicyEvaluation {
        id,
        verdict: tell_verdict(judged.verdict),
        matched_rules: judged.rules.clone(),
        obligations: judged.obligations.iter().map(|o| o.as_str().to_owned()).collect(),
        policy_sets: sets.collect(),
        facts: judged.facts,
        task: match entry.subject {
            Some(AnyId::Task(id)) => Some(id),
            _ => None,
        },
        at_least: evaluated.at_least().map(tell_verdict),
        by,
        annotations: context.open_annotations(entry.id).await?,
        callback_url: context.callback_url(entry.id, by).await?,
        evaluated_at: entry.ts.into(),
        seq: entry.seq,
    })
}

fn verdict(verdict: PolicyVerdict) -> Verdict {
    match verdict {
        PolicyVerdict::Allow => Verdict::Allow,
        PolicyVerdict::RequireStrongerAuth => Verdict::RequireStrongerAuth,
        PolicyVerdict::RequireApproval => Verdict::RequireApproval,
        PolicyVerdict::Escalate => Verdict::Escalate,
        PolicyVerdict::Deny => Verdict::Deny,
        PolicyVerdict::Quarantine => Verdict::Quarantine,
    }
}
