//! An action as its entries tell it.

use std::sync::Arc;

use hansa_kernel::action::{Outcome, Started};
use hansa_kernel::{Entry, Event, State, codec};
use hansa_node::effect::{params_id, result_id};
use hansa_node::{Error, internal};
use hansa_types::{ActionId, AnyId, ApprovalRequestId, Code, PrincipalId, Rejection};
use hansa_wire::api::actions::{ActionState, ActionView};
use hansa_wire::{Problem, WireAmount};
use serde_json::Value;

use crate::context::Context;
use crate::resolve::views_failed;
use crate::serve::blocking;

/// The entries of an action in order, each with the bytes that were hashed.
pub(crate) struct Recorded {
    pub(crate) entries: Vec<Entry>,
    pub(crate) lines: Vec<(u64, Vec<u8>)>,
}

/// Reads the entries of an action; none where there is no such action.
pub(crate) async fn recorded(context: &Context, id: ActionId) -> Result<Recorded, Problem> {
    let look = move |state: &State| {
        let action = state.actions.get(id)?;
        Some(std::iter::once(action.started_seq).chain(action.ended_seq).collect::<Vec<u64>>())
    };
    let node = &context.api.node;
    // The state knows its beginning and its end at once; the read models know what stands between,
    // and what has left the state.
    let known = node.read(context.principal().ok(), look).await?;
    node.views_caught_up().await;
    let mut seqs = node.views.action_records(id).await.map_err(views_failed)?;
    seqs.extend(known.into_iter().flatten());
    seqs.sort_unstable();
    seqs.dedup();
    read(context, seqs).await
}

/// Reads entries by their numbers.
pub(crate) async fn read(context: &Context, seqs: Vec<u64>) -> Result<Recorded, Problem> {
    let reader = Arc::clone(&context.api.node.reader);
    let read = move || -> Result<Recorded, Error> {
        let (mut entries, mut lines) = (Vec::new(), Vec::new());
        for seq in seqs {
            let Some(line) = reader.entry(seq)? else { continue };
            let entry = codec::decode(&line);
            entries.push(entry.map_err(|source| Error::Entry { seq, source })?);
            lines.push((seq, line));
        }
        Ok(Recorded { entries, lines })
    };
    Ok(blocking(read).await?.map_err(internal)?)
}

/// What an action's first entry says.
struct Begun<'a> {
    id: ActionId,
    entry: &'a Entry,
    started: &'a Started,
    caller: PrincipalId,
}

impl Recorded {
    fn begun(&self) -> Option<Begun<'_>> {
        let entry = self.entries.first()?;
        match (&entry.event, entry.id, entry.actor) {
            (Event::EffectStarted(started), AnyId::Action(id), Some(caller)) => {
                Some(Begun { id, entry, started, caller })
            }
            _ => None,
        }
    }
}

/// An action, for who has a part in it.
pub(super) async fn load(context: &Context, id: ActionId) -> Result<ActionView, Problem> {
    let recorded = recorded(context, id).await?;
    let begun = recorded.begun().ok_or(Code::ActionUnknown)?;
    let looker = context.principal()?;
    let is_party = looker == begun.caller || begun.started.by == Some(looker);
    if !is_party && !super::super::replay::takes_part(context, begun.entry.task()).await? {
        return Err(Code::ActionUnknown.into());
    }
    let mut view = tell(context, &begun).await?;
    for entry in &recorded.entries {
        add(&mut view, entry);
    }
    view.approval = approval(context, begun.entry.seq).await?;
    if is_party {
        view.params = opened(context, params_id(id)).await?;
        view.annotations = context.open_annotations(id.into()).await?;
    }
    view.callback_url = context.callback_url(id.into(), view.caller).await?;
    if is_party && view.ended_at.is_some() {
        view.result = opened(context, result_id(id)).await?;
    }
    Ok(view)
}

async fn tell(context: &Context, begun: &Begun<'_>) -> Result<ActionView, Problem> {
    let Begun { id, entry, started, caller } = begun;
    let amount = match (started.amount, started.currency) {
        (Some(amount), Some(code)) => {
            Some(WireAmount::of(&context.api.currency(Some(code)).await?, amount))
        }
        _ => None,
    };
    Ok(ActionView {
        id: *id,
        task: entry.task().ok_or(Code::Internal)?,
        caller: *caller,
        tool: started.tool.as_str().to_owned(),
        call: started.call,
        executor: started.executor.as_str().to_owned(),
        state: ActionState::Started,
        grant: started.grant,
        amount,
        currency: started.currency,
        status: None,
        result: None,
        reason: None,
        params: None,
        approval: None,
        callback_url: None,
        annotations: Default::default(),
        receipt: hansa_kernel::action::receipt_of(*id),
        started_at: entry.ts.into(),
        ended_at: None,
        seq: entry.seq,
    })
}

fn add(view: &mut ActionView, entry: &Entry) {
    match &entry.event {
        Event::EffectClaimed(_) => view.state = ActionState::Claimed,
        Event::EffectFinished(finished) => {
            view.state = match finished.outcome {
                Outcome::Done => ActionState::Done,
                Outcome::Refused | Outcome::NotSent => ActionState::Failed,
            };
            view.reason = match finished.outcome {
                Outcome::Done => None,
                Outcome::Refused => Some("refused".to_owned()),
                Outcome::NotSent => Some("not_sent".to_owned()),
            };
            view.status = finished.status;
            view.ended_at = Some(entry.ts.into());
        }
        Event::EffectOutcomeUnknown(unknown) => {
            view.state = ActionState::OutcomeUnknown;
            view.reason = Some(word(&unknown.reason));
            view.ended_at = Some(entry.ts.into());
        }
        _ => {}
    }
}

/// A word of a closed vocabulary, as entries spell it.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The approval that an action used up: its entry is the one behind the action's own.
async fn approval(context: &Context, seq: u64) -> Result<Option<ApprovalRequestId>, Problem> {
    let behind = context.api.node.entry(seq + 1).await.map_err(internal)?;
    Ok(behind.and_then(|entry| match (&entry.event, entry.subject) {
        (Event::ApprovalUsed(_), Some(AnyId::ApprovalRequest(id))) => Some(id),
        _ => None,
    }))
}

/// A document of an action, unless it was erased.
async fn opened(context: &Context, name: String) -> Result<Option<Value>, Problem> {
    let text = context.open_text(name).await?;
    Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
}

/// The refusal of an action that has no entries.
pub(super) fn unknown() -> Rejection {
    Code::ActionUnknown.into()
}
