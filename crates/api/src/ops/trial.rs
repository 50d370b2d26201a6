//! What would become of a command, were it carried out now.
//!
//! The kernel admits and decides on the state as it is, and nothing is applied, so a trial answers
//! what the command itself would answer, refusals included.

use hansa_kernel::decide::{Place, Repetition, decide};
use hansa_kernel::policy::Question;
use hansa_kernel::{Admission, Command, Entry, Request, State};
use hansa_node::limits::JUDGE_ROUNDS_MAX;
use hansa_types::{Code, Rejection, Time};
use hansa_wire::Problem;

use crate::context::Context;

/// The first entry that the command would make.
pub(super) async fn attempt(context: &Context, command: Command) -> Result<Entry, Problem> {
    let request = context.request(command).await?;
    Ok(attempt_as(context, request).await?)
}

/// As [`attempt`], for a request that is made by somebody else than the caller.
pub(super) async fn attempt_as(context: &Context, request: Request) -> Result<Entry, Rejection> {
    let node = &context.api.node;
    if node.clock_jump_ms().is_some() && request.command.depends_on_time() {
        return Err(Code::ClockUnsure.into());
    }
    let (now, caller) = (node.now(), context.principal()?);
    let mut request = request;
    for _ in 0..=JUDGE_ROUNDS_MAX {
        let asked = request.clone();
        match node.read(Some(caller), move |state| on(state, &asked, now)).await?? {
            Tried::Entry(entry) => return Ok(*entry),
            Tried::Judge(question) => {
                let ruling = Box::pin(node.judge.judge(*question)).await;
                request.ruling = Some(Box::new(ruling));
            }
        }
    }
    Err(Code::VerdictStale.into())
}

/// What came of a trial.
enum Tried {
    /// The first entry it would make.
    Entry(Box<Entry>),
    /// Policy has to be asked first.
    Judge(Box<Question>),
}

fn on(state: &State, request: &Request, now: Time) -> Result<Tried, Rejection> {
    let now = now.max(state.now);
    let permit = match state.admit(request, now)? {
        Admission::Fresh(permit) => permit,
        Admission::Judge(question) => return Ok(Tried::Judge(question)),
        Admission::Approval(judgement) => {
            return Err(Rejection::new(Code::ApprovalRequired, judgement.tell()));
        }
        // Only requests with a key are known from before.
        Admission::Repeated(_) | Admission::LookUp => return Err(Code::Internal.into()),
    };
    let mut drawn = 0u128;
    let mut entropy = || {
        drawn += 1;
        drawn
    };
    let mut ctx = hansa_kernel::Context { now, entropy: &mut entropy };
    let mut drafts = Vec::new();
    decide(&permit, &mut ctx, &mut drafts)?;
    let draft = drafts.into_iter().next().ok_or(Code::Internal)?;
    let place = Place {
        seq: state.seq + 1,
        actor: request.caller.principal,
        auth: &request.caller.auth,
        corr: Repetition { is_first: true, correlation: None },
    };
    Ok(Tried::Entry(Box::new(draft.into_entry(place, &mut ctx))))
}
