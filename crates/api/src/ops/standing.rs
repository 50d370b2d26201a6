//! Standing: why somebody is stopped, and what they say to that.

use hansa_kernel::principal::{Halt, LodgeAppeal, Reason, Stop};
use hansa_kernel::{Command, State};
use hansa_types::{Code, PrincipalId, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::agents::{PrincipalStatus, StopReason};
use hansa_wire::api::standing::{
    self, AgentStanding, Appeal, AppealList, AppealLodge, StandingGet,
};
use hansa_wire::scalar::Note;

use super::agents::note_id;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;
use crate::sight::controls;

/// The operation whose holders for the node see how everybody stands.
const JUDGES: &str = "agent_suspend";

/// Where what somebody says against being stopped lies in the vault.
fn appeal_id(principal: PrincipalId) -> String {
    format!("appeal/{principal}")
}

/// How somebody stands, as the state has it.
struct Seen {
    principal: PrincipalId,
    erased: bool,
    stop: Stop,
}

fn seen(state: &State, principal: PrincipalId) -> Result<Seen, Rejection> {
    let handle = state.principal(principal)?;
    let stop = state.stops.get(&handle).copied().unwrap_or_default();
    Ok(Seen { principal, erased: state.principals.status(handle).erased, stop })
}

/// Reads how a principal stands.
pub(crate) async fn standing_get(
    context: &Context,
    request: StandingGet,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.agent, Code::PrincipalUnknown).await?;
    Answer::json(&standing(context, principal).await?)
}

/// Says something against being stopped.
pub(crate) async fn appeal_lodge(
    context: &Context,
    request: AppealLodge,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let text = request.note.as_str().as_bytes().to_vec();
    let sealed = context.seal_text(principal, appeal_id(principal), text).await?;
    let lodge = LodgeAppeal { principal, note: sealed.digest };
    let done = context.submit(Step::new(Command::AppealLodge(lodge)).with(Some(sealed))).await?;
    Answer::done(&done, &standing(context, principal).await?)
}

/// Lists those who wait for an answer.
pub(crate) async fn appeal_list(context: &Context, request: AppealList) -> Result<Answer, Problem> {
    let look = |state: &State| {
        let waiting = state.stops.iter().filter(|(_, stop)| stop.appealed.is_some());
        let waiting = waiting.map(|(handle, stop)| {
            let principal = state.principals.get(*handle).id;
            Seen { principal, erased: state.principals.status(*handle).erased, stop: *stop }
        });
        (waiting.collect::<Vec<Seen>>(), state.seq)
    };
    let (waiting, as_of_seq) = context.api.node.read(context.principal().ok(), look).await?;
    let (page, next_cursor) = counted(waiting, request.cursor.as_ref(), request.limit)?;
    let mut data = Vec::with_capacity(page.len());
    for seen in page {
        data.push(tell(context, seen).await?);
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// How a principal stands, if that is the caller's business. Otherwise there is no such principal.
async fn standing(context: &Context, principal: PrincipalId) -> Result<AgentStanding, Problem> {
    let caller = context.principal()?;
    let judges = context.api.node.may_for_node(caller, JUDGES).await?;
    let look = move |state: &State| match judges
        || caller == principal
        || controls(state, caller, principal)
    {
        true => seen(state, principal),
        false => Err(Code::PrincipalUnknown.into()),
    };
    let seen = context.api.node.read(Some(caller), look).await??;
    tell(context, seen).await
}

async fn tell(context: &Context, seen: Seen) -> Result<AgentStanding, Problem> {
    let Seen { principal, erased, stop } = seen;
    let stopped = stop.suspended.is_some() || stop.frozen.is_some();
    let appeal = match stop.appealed {
        Some(at) => {
            let note = note(context, appeal_id(principal)).await?;
            Some(Appeal { lodged_at: at.into(), note })
        }
        None => None,
    };
    Ok(AgentStanding {
        principal,
        status: match (erased, stop.suspended, stop.frozen) {
            (true, ..) => PrincipalStatus::Erased,
            (_, Some(_), _) => PrincipalStatus::Suspended,
            (_, None, Some(_)) => PrincipalStatus::Frozen,
            (_, None, None) => PrincipalStatus::Active,
        },
        suspended: stop.suspended.map(tell_halt),
        frozen: stop.frozen.map(tell_halt),
        note: if stopped { note(context, note_id(principal)).await? } else { None },
        appeal,
    })
}

async fn note(context: &Context, id: String) -> Result<Option<Note>, Problem> {
    let text = context.open_text(id).await?;
    Ok(text.and_then(|text| Note::new(String::from_utf8(text).ok()?)))
}

fn tell_halt(halt: Halt) -> standing::Halt {
    let reason = halt.reason.map(|reason| match reason {
        Reason::Abuse => StopReason::Abuse,
        Reason::Fraud => StopReason::Fraud,
        Reason::Compromised => StopReason::Compromised,
        Reason::Policy => StopReason::Policy,
        Reason::Legal => StopReason::Legal,
        Reason::Requested => StopReason::Requested,
    });
    standing::Halt { since: halt.since.into(), reason }
}
