//! What a command is about, as far as the scope of a grant asks for it.
//!
//! Of a command that is not named here nothing is known, so a grant with a scope does not reach it.

use hansa_types::{AnyId, PrincipalId};

use super::Target;
use crate::State;
use crate::command::Command;
use crate::org::OrgCommand;
use crate::principal::Handle;

/// The thing that a command is about and the principal that it concerns beside the one on whose
/// behalf it is given.
pub(crate) fn about(
    state: &State,
    command: &Command,
) -> (Option<Target<'static>>, Option<PrincipalId>) {
    let of = |handle: Handle| state.principals.get(handle).id;
    let thing = |id: AnyId| Some(Target::Id(id));
    let principal = |id: PrincipalId| (thing(id.into()), Some(id));
    let held = |id| state.held.get(&id);
    match command {
        Command::TransferCreate(create) => (None, Some(create.to)),
        Command::TransferPost(post) => {
            (thing(post.id.into()), held(post.id).map(|held| of(held.payee)))
        }
        Command::TransferVoid(void) => {
            (thing(void.id.into()), held(void.id).map(|held| of(held.payer)))
        }
        Command::MintCreate(mint) => (None, Some(mint.to)),
        Command::BurnCreate(burn) => (None, Some(burn.from)),
        Command::FundingApprove(_) | Command::FundingReject(_) => funding(state, command),
        Command::PrincipalSuspend(suspend) => principal(suspend.principal),
        Command::PrincipalFreeze(freeze) => principal(freeze.principal),
        Command::PrincipalReinstate(reinstate) => principal(reinstate.principal),
        Command::PrincipalErase(erase) => principal(erase.principal),
        Command::CardSet(set) => principal(set.principal),
        Command::KeyRotate(rotate) => principal(rotate.principal),
        Command::ApiKeyCreate(create) => principal(create.principal),
        Command::ApiKeyRevoke(revoke) => (thing(revoke.id.into()), None),
        Command::ClientRevoke(revoke) => (thing(revoke.id.into()), None),
        Command::TokensRevoke(revoke) => principal(revoke.principal),
        Command::FundingRequest(ask) => principal(ask.principal),
        Command::GrantCreate(create) => (None, Some(create.holder)),
        Command::GrantRevoke(revoke) => {
            let holder = state.grants.get(&revoke.id).map(|grant| of(grant.holder));
            (thing(revoke.id.into()), holder)
        }
        Command::Org(OrgCommand::Share(share)) => principal(share.agent),
        Command::Org(OrgCommand::Unshare(unshare)) => principal(unshare.agent),
        Command::Org(OrgCommand::TransferAgent(transfer)) => {
            (thing(transfer.agent.into()), Some(transfer.to))
        }
        Command::GrantRelinquish(relinquish) => (thing(relinquish.id.into()), None),
        Command::MemoryDelete(delete) => (thing(delete.id.into()), None),
        _ => (None, None),
    }
}

fn funding(state: &State, command: &Command) -> (Option<Target<'static>>, Option<PrincipalId>) {
    let id = match command {
        Command::FundingApprove(approve) => approve.id,
        Command::FundingReject(reject) => reject.id,
        _ => return (None, None),
    };
    let whom = state.fundings.get(id).map(|funding| state.principals.get(funding.principal).id);
    (Some(Target::Id(id.into())), whom)
}
