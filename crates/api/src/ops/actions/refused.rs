//! Refusals of the gate, noted in the journal so that they can be explained.
//!
//! Noted is what was judged: an act that authority, policy or an approval stopped, or that could not be
//! judged because the engine or the clock failed. Deliberately absent: what is about a request's form or
//! how busy the node is, and what a stranger may not even know of.

use hansa_kernel::action::RefusalNote;
use hansa_kernel::{Command, State};
use hansa_types::{ActionId, AnyId, Code};
use hansa_wire::Problem;
use hansa_wire::problem::FieldProblem;

use super::ask::Asked;
use crate::context::Context;

/// Notes that an action was refused, and says by which id.
pub(super) async fn action(context: &Context, asked: &Asked, mut problem: Problem) -> Problem {
    let Some(code) = problem.known_code().filter(|code| is_judged(*code)) else { return problem };
    let Ok(principal) = context.principal() else { return problem };
    let note = RefusalNote {
        id: asked.id,
        principal,
        task: Some(asked.task),
        tool: asked.call.tool.clone(),
        call: Some(asked.call.digest),
        code,
    };
    if record(context, note).await {
        let detail = asked.id.to_string();
        let (field, code) = ("action".to_owned(), "refused_as".to_owned());
        problem.errors.push(FieldProblem { field, code, detail });
    }
    problem
}

/// What an operation of governance is about, by which its task is found.
pub(crate) fn subject_of(command: &Command) -> Option<AnyId> {
    match command {
        Command::ApprovalDecide(decide) => Some(decide.request.into()),
        Command::EscalationResolve(resolve) => Some(resolve.id.into()),
        _ => None,
    }
}

/// Notes that an operation of the node was refused by the gate. An action notes its own.
pub(crate) async fn note(context: &Context, subject: Option<AnyId>, code: Code) {
    if !is_of_gate(code) || context.operation.tag == "actions" {
        return;
    }
    let (Ok(principal), Ok(tool)) = (context.principal(), context.operation.id.parse()) else {
        return;
    };
    let node = &context.api.node;
    let look = move |state: &State| match subject? {
        AnyId::ApprovalRequest(id) => {
            state.clearance.request(id).map(|request| (request.task, request.call))
        }
        AnyId::Escalation(id) => {
            state.clearance.escalation(id).map(|escalation| (escalation.task, None))
        }
        _ => None,
    };
    let about = node.read(Some(principal), look).await.ok().flatten();
    let (task, call) = about.map_or((None, None), |(task, call)| (Some(task), call));
    let id = ActionId::new(node.now().0, node.env.random_u128());
    record(context, RefusalNote { id, principal, task, tool, call, code }).await;
}

/// Whether it is on record now. Past the limit it is counted only.
async fn record(context: &Context, note: RefusalNote) -> bool {
    match context.api.node.note_refusal(note).await {
        Ok(_) => true,
        Err(rejection) if rejection.code == Code::RateLimited => false,
        Err(rejection) => {
            tracing::warn!(%rejection, "a refusal is not noted");
            false
        }
    }
}

/// Whether a refusal of an operation says that authority, policy or an approval is missing, or that the
/// gate cannot tell as long as nobody knows what time it is. What somebody may not do at all
/// (`forbidden`) is no judgement of an act.
fn is_of_gate(code: Code) -> bool {
    matches!(
        code,
        Code::GrantRevoked
            | Code::GrantExpired
            | Code::GrantLimitExceeded
            | Code::GrantUsedUp
            | Code::GrantOutOfScope
            | Code::GrantKeyRequired
            | Code::PolicyDenied
            | Code::PolicyEscalated
            | Code::PolicyQuarantined
            | Code::PolicyEngineUnavailable
            | Code::ObligationUnmet
            | Code::StrongerAuthRequired
            | Code::ApprovalRequired
            | Code::OwnAct
            | Code::ClockUnsure
    )
}

/// Whether a refusal of an action is the gate's own, and not about a request's form or the node's
/// condition.
fn is_judged(code: Code) -> bool {
    !matches!(
        code,
        Code::InvalidField
            | Code::IdempotencyKeyReused
            | Code::QueueFull
            | Code::TooManyInFlight
            | Code::Draining
            | Code::NotYet
            | Code::DiskFull
            | Code::JustRestored
            | Code::EnvelopeReplayed
            | Code::NonceUsed
            | Code::Internal
            | Code::StateFull
            | Code::Poisoned
            | Code::SecretAlreadyShown
    )
}
