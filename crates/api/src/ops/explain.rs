//! "Why was this blocked?", on one screen.

use hansa_kernel::action::action_of;
use hansa_kernel::{Entry, Event};
use hansa_types::{ActionId, AnyId, Code, TaskId};
use hansa_wire::Problem;
use hansa_wire::api::actions::{Explain, Explained, Reason};

use super::actions::recorded;
use super::replay::{record, takes_part};
use crate::answer::Answer;
use crate::context::Context;
use crate::limits::EXPLAIN_REASONS_MAX;

/// Explains an action, a receipt, a task, or the code of a refusal.
pub(crate) async fn explain(context: &Context, request: Explain) -> Result<Answer, Problem> {
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == request.id) {
        return Answer::json(&of_code(*code));
    }
    let id = request.id.parse::<AnyId>().map_err(|_| {
        Problem::new(Code::InvalidField, "id: an action, a receipt, a task, or a refusal's code")
    })?;
    let told = match id {
        AnyId::Action(id) => of_action(context, id).await?,
        AnyId::Receipt(id) => of_action(context, action_of(id)).await?,
        AnyId::Task(id) => of_task(context, id).await?,
        _ => return Err(Code::NotFound.into()),
    };
    Answer::json(&told)
}

fn of_code(code: Code) -> Explained {
    Explained {
        id: code.as_str().to_owned(),
        answer: code.title().to_owned(),
        reasons: Vec::new(),
        next_step: code.next_step().to_owned(),
        see: Vec::new(),
    }
}

async fn of_action(context: &Context, id: ActionId) -> Result<Explained, Problem> {
    let recorded = recorded(context, id).await?;
    let first = recorded.entries.first().ok_or(Code::ActionUnknown)?;
    let looker = AnyId::Principal(context.principal()?);
    let by = match &first.event {
        Event::EffectStarted(started) => started.by,
        _ => None,
    };
    let is_party = first.actor.map(AnyId::Principal) == Some(looker)
        || first.subject == Some(looker)
        || by.map(AnyId::Principal) == Some(looker);
    if !is_party && !takes_part(context, first.task()).await? {
        return Err(Code::ActionUnknown.into());
    }
    let last = recorded.entries.last().unwrap_or(first);
    Ok(Explained {
        id: id.to_string(),
        answer: sentence(last),
        reasons: recorded.entries.iter().map(reason).collect(),
        next_step: next_step(last),
        see: see(first),
    })
}

async fn of_task(context: &Context, id: TaskId) -> Result<Explained, Problem> {
    if !takes_part(context, Some(id)).await? {
        return Err(Code::NotFound.into());
    }
    let recorded = record(context, id).await?;
    let entries = &recorded.entries;
    let last = entries.last().ok_or(Code::NotFound)?;
    let is_stop = |entry: &&Entry| {
        matches!(entry.event, Event::ActionRefused(_) | Event::EffectOutcomeUnknown(_))
    };
    let stopped = entries.iter().rev().find(is_stop);
    let answer = match stopped {
        Some(entry) => sentence(entry),
        None => "Nothing of this task was refused.".to_owned(),
    };
    let skipped = entries.len().saturating_sub(EXPLAIN_REASONS_MAX);
    Ok(Explained {
        id: id.to_string(),
        answer,
        reasons: entries.iter().skip(skipped).map(reason).collect(),
        next_step: next_step(stopped.unwrap_or(last)),
        see: stopped.map(see).unwrap_or_default(),
    })
}

fn known(code: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|known| known.as_str() == code)
}

fn reason(entry: &Entry) -> Reason {
    let code = match &entry.event {
        Event::ActionRefused(refused) => Some(refused.refusal.clone()),
        _ => None,
    };
    Reason { at: Some(entry.ts.into()), seq: Some(entry.seq), code, text: sentence(entry) }
}

/// What an entry says, in a sentence.
fn sentence(entry: &Entry) -> String {
    match &entry.event {
        Event::ActionRefused(refused) => {
            let title = known(&refused.refusal).map_or("The gate said no.", Code::title);
            format!("{} was refused ({}): {title}", refused.tool.as_str(), refused.refusal)
        }
        Event::EffectStarted(started) => {
            let (tool, executor) = (started.tool.as_str(), started.executor.as_str());
            match started.grant {
                Some(grant) => {
                    format!("{tool} passed the gate under {grant}, done by: {executor}.")
                }
                None => format!("{tool} passed the gate, done by: {executor}."),
            }
        }
        Event::EffectClaimed(_) => "Its executor took it.".to_owned(),
        Event::EffectFinished(finished) => match (finished.outcome, finished.status) {
            (hansa_kernel::action::Outcome::Done, _) => "It was done.".to_owned(),
            (hansa_kernel::action::Outcome::Refused, Some(status)) => {
                format!("The other side declined with status {status}.")
            }
            (hansa_kernel::action::Outcome::Refused, None) => "The other side declined.".to_owned(),
            (hansa_kernel::action::Outcome::NotSent, _) => "Nothing was sent.".to_owned(),
        },
        Event::EffectOutcomeUnknown(_) => {
            "Nobody can tell whether it was done; it is not sent again by itself.".to_owned()
        }
        Event::PolicyJudged(judged) => format!("Policy said {}.", judged.verdict.as_str()),
        event => format!("{} {}", event.kind(), entry.id),
    }
}

fn next_step(entry: &Entry) -> String {
    let step = match &entry.event {
        Event::ActionRefused(refused) => known(&refused.refusal).map(Code::next_step),
        Event::EffectStarted(_) | Event::EffectClaimed(_) => {
            Some("Wait for its end, or post its receipt (receipt_post).")
        }
        Event::EffectOutcomeUnknown(_) => {
            Some("Ask the other side by the action's id; whoever may then posts the receipt.")
        }
        Event::EffectFinished(_) => Some("Read its receipt (receipt_get)."),
        _ => Some("See the whole record with task_replay."),
    };
    step.unwrap_or("See the whole record with task_replay.").to_owned()
}

fn see(entry: &Entry) -> Vec<AnyId> {
    let task = entry.task().map(AnyId::Task);
    let grant = match &entry.event {
        Event::EffectStarted(started) => started.grant.map(AnyId::Grant),
        _ => None,
    };
    task.into_iter().chain(grant).collect()
}
