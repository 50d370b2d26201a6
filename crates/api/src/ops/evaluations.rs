//! Asking policy beforehand: what it would say of an act, on record, and reading that. Whoever does not
//! want to wait is told an id, under which the answer is found.

use hansa_kernel::policy::{self, Act, Ask, Awaited, Question, Stage, Verdict};
use hansa_kernel::principal::Handle;
use hansa_kernel::{Caller, Command, Entry, Event, State};
use hansa_node::evaluation::{Later, ToJudge};
use hansa_types::{
    AnyId, Code, PolicyEvaluationId, PolicySetId, PrincipalId, Rejection, TaskId, Time,
};
use hansa_wire::Problem;
use hansa_wire::api::actions::Wait;
use hansa_wire::api::policies::{
    PolicyEvaluate, PolicyEvaluation, PolicyEvaluationGet, PolicyEvaluationState, PolicySetVerdict,
    PolicyVerdict,
};
use hansa_wire::scalar::ActionPattern;

use super::document::joined;
use super::policies::{tell_mode, tell_verdict};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::amount;

/// The action of a task as a whole.
pub(crate) const WHOLE_TASK: &str = "task";

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
    let asked = node.read(Some(caller), look).await??;
    let id = PolicyEvaluationId::new(now.0, node.env.random_u128());
    let at_least = request.at_least.map(verdict);
    let sealed = context.seal_annotations(caller, id.into(), &request.annotations).await?;
    let address = context.seal_callback(id.into(), request.callback_url.as_deref()).await?;
    let callback = address.as_ref().map(|address| address.digest);
    let sealed = joined(sealed, address);
    if request.wait == Wait::Started {
        let step = Step::new(Command::PolicyAsk(Ask { id, task, callback })).with(sealed);
        return later(context, step, Later { id, task, at_least, asked }).await;
    }
    let judgement = node.evaluate(asked).await;
    let evaluate = policy::Evaluate { id, task, judgement, at_least, callback };
    let step = Step::new(Command::PolicyEvaluate(evaluate)).with(sealed);
    let done = context.submit(step).await?;
    Answer::done(&done, &told(context, &done.entry, caller).await?)
}

/// Puts on record that it was asked, and has it answered while the caller goes on.
async fn later(context: &Context, step: Step, later: Later) -> Result<Answer, Problem> {
    let done = context.submit(step).await?;
    let AnyId::PolicyEvaluation(id) = done.entry.id else { return Err(Code::Internal.into()) };
    if !done.repeated {
        context.api.node.evaluate_later(later);
    }
    let told = load(context, id).await?;
    let answer = Answer::done(&done, &told)?;
    Ok(match told.state {
        PolicyEvaluationState::Pending => answer.with_status(202),
        _ => answer,
    })
}

/// Reads what policy said, for who asked and for who takes part in the task.
pub(crate) async fn policy_evaluation_get(
    context: &Context,
    request: PolicyEvaluationGet,
) -> Result<Answer, Problem> {
    Answer::json(&load(context, request.evaluation).await?)
}

/// What is known of an evaluation.
enum Known {
    /// The entry that holds its answer, and who asked.
    Answered(u64, PrincipalId),
    /// It has none.
    Awaited(Awaited, PrincipalId),
}

async fn load(context: &Context, id: PolicyEvaluationId) -> Result<PolicyEvaluation, Problem> {
    let looker = context.principal()?;
    let all = context.sees_all().await?;
    let look = move |state: &State| {
        let looker = state.principals.find(looker)?;
        let sees = |by: Handle, task: Option<TaskId>| {
            all || by == looker || task.is_some_and(|task| state.takes_part(task, looker))
        };
        let of = |handle: Handle| state.principals.get(handle).id;
        if let Some(awaited) = state.policies.awaited(id) {
            let seen = sees(awaited.by, awaited.task);
            return seen.then(|| Known::Awaited(awaited.clone(), of(awaited.by)));
        }
        let answered = state.policies.evaluation(id)?;
        sees(answered.by, answered.task).then(|| Known::Answered(answered.seq, of(answered.by)))
    };
    let node = &context.api.node;
    match node.read(Some(looker), look).await?.ok_or(Code::NotFound)? {
        Known::Answered(seq, by) => {
            let entry = node.entry(seq).await.map_err(hansa_node::internal)?;
            told(context, &entry.ok_or(Code::NotFound)?, by).await
        }
        Known::Awaited(awaited, by) => tell_awaited(context, id, awaited, by).await,
    }
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
) -> Result<ToJudge, Rejection> {
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
    let consequential = state.waits_for_another(handle, &act.action, act.task.as_ref());
    let facts = state.facts(handle, proven, act, now);
    // Whoever asks may name sets, so it says nothing of what is asked about an act.
    let question = Question { facts, sets: open, concerns: Vec::new() };
    Ok(ToJudge { question, bounded, consequential })
}

/// What policy said, by the entry that holds it.
async fn told(
    context: &Context,
    entry: &Entry,
    by: PrincipalId,
) -> Result<PolicyEvaluation, Problem> {
    let (Event::PolicyEvaluated(evaluated), AnyId::PolicyEvaluation(id)) = (&entry.event, entry.id)
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
    let task = match entry.subject {
        Some(AnyId::Task(id)) => Some(id),
        _ => None,
    };
    Ok(PolicyEvaluation {
        state: PolicyEvaluationState::Done,
        verdict: Some(tell_verdict(judged.verdict)),
        matched_rules: judged.rules.clone(),
        obligations: judged.obligations.iter().map(|o| o.as_str().to_owned()).collect(),
        policy_sets: sets.collect(),
        facts: Some(judged.facts),
        at_least: evaluated.at_least().map(tell_verdict),
        evaluated_at: Some(entry.ts.into()),
        ..unanswered(context, id, task, (by, entry.seq)).await?
    })
}

async fn tell_awaited(
    context: &Context,
    id: PolicyEvaluationId,
    awaited: Awaited,
    by: PrincipalId,
) -> Result<PolicyEvaluation, Problem> {
    let Awaited { task, at, seq, ended, .. } = awaited;
    let plain = unanswered(context, id, task, (by, seq)).await?;
    let asked_at = Some(at.into());
    Ok(match ended {
        None => PolicyEvaluation { asked_at, ..plain },
        Some((ended, refusal)) => PolicyEvaluation {
            state: PolicyEvaluationState::Failed,
            refusal: Some(refusal.into()),
            evaluated_at: Some(ended.into()),
            asked_at,
            ..plain
        },
    })
}

/// What is known of an evaluation beside its answer.
async fn unanswered(
    context: &Context,
    id: PolicyEvaluationId,
    task: Option<TaskId>,
    (by, seq): (PrincipalId, u64),
) -> Result<PolicyEvaluation, Problem> {
    Ok(PolicyEvaluation {
        id,
        state: PolicyEvaluationState::Pending,
        verdict: None,
        refusal: None,
        matched_rules: Vec::new(),
        obligations: Vec::new(),
        policy_sets: Vec::new(),
        facts: None,
        task,
        at_least: None,
        by,
        annotations: context.open_annotations(id.into()).await?,
        callback_url: context.callback_url(id.into(), by).await?,
        evaluated_at: None,
        asked_at: None,
        seq,
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
