//! Formats of the journal: what which release may write, and how it reads what earlier ones wrote.
//!
//! A format is a set of kinds with their versions. A release reads every format up to its own and
//! writes what the journal's format holds and no more, until the operator raises it by
//! `node.format_raised`; so the release before can be started again until then. A journal that is new
//! begins in the release's own format.
//!
//! An older version of a kind is read into the shape of the present one here, and nowhere else knows
//! that there was another. Such a shape never changes.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Amount, Code, IncarnationId, Rejection};
use serde::Deserialize;

use crate::State;
use crate::decide::Draft;
use crate::event::{DecodeError, Event};
use crate::node::{Founded, Mode};

/// The format that this release writes.
///
/// 1: the journals of the builds before 0.1.0. 2: `node.founded` says in which format it begins, and every
/// kind that is not in the list of the first.
pub const FORMAT: u32 = 2;

/// The kinds of format 1. The list of a format that was released is closed, and so is the shape of each kind
/// in it: a new member, optional or not, is a new version of the kind, and belongs to the next format.
const FIRST: [&str; 79] = [
    "absence.delegated",
    "account.registered",
    "api_key.created",
    "api_key.revoked",
    "approval.bound",
    "approval.decided",
    "approval.expired",
    "approval.reminded",
    "approval.requested",
    "approval.used",
    "artifact.added",
    "bootstrap.created",
    "card.set",
    "client.created",
    "client.revoked",
    "clock.accepted",
    "currency.created",
    "custody.key_set",
    "did.created",
    "did.pinned",
    "did.updated",
    "escalation.raised",
    "escalation.resolved",
    "funding.approved",
    "funding.rejected",
    "funding.requested",
    "grant.created",
    "grant.relinquished",
    "grant.revoked",
    "grant.used",
    "key.rotated",
    "money.burned",
    "money.minted",
    "node.founded",
    "node.restored",
    "password.changed",
    "policy.evaluated",
    "policy.judged",
    "policy_set.activated",
    "policy_set.change_requested",
    "policy_set.created",
    "policy_set.deprecated",
    "policy_set.mode_set",
    "policy_set.revoked",
    "principal.created",
    "principal.erased",
    "principal.frozen",
    "principal.reinstated",
    "principal.suspended",
    "recovery_key.used",
    "recovery_keys.set",
    "role.assigned",
    "role.withdrawn",
    "session.closed",
    "session.opened",
    "skill.registered",
    "taint.promoted",
    "task.accepted",
    "task.attested",
    "task.claimed",
    "task.countered",
    "task.declared",
    "task.delegated",
    "task.executed",
    "task.expired",
    "task.moved",
    "task.offered",
    "task.parked",
    "task.rated",
    "task.rejected",
    "task.revoked",
    "task.settled",
    "tokens.revoked",
    "totp.disabled",
    "totp.enabled",
    "transfer.pending",
    "transfer.posted",
    "transfer.voided",
    "node.format_raised",
];

/// The first format in which a kind may be written. The act of raising it belongs to every one.
pub fn since(kind: &str) -> u32 {
    if FIRST.contains(&kind) { 1 } else { 2 }
}

/// Refuses what the journal's format does not hold yet. Costs nothing once it is this release's.
pub(crate) fn check(state: &State, drafts: &[Draft]) -> Result<(), Rejection> {
    let Some(node) = state.node.as_ref().filter(|node| node.format < FORMAT) else { return Ok(()) };
    match drafts.iter().all(|draft| since(draft.event.kind()) <= node.format) {
        true => Ok(()),
        false => Err(Code::FormatNotRaised.into()),
    }
}

/// `node.founded` of version 1, which does not name its format: the first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundedV1 {
    key: PublicKey,
    incarnation: IncarnationId,
    mode: Mode,
    #[serde(default)]
    genesis_grant: Amount,
}

impl From<FoundedV1> for Founded {
    fn from(first: FoundedV1) -> Self {
        let FoundedV1 { key, incarnation, mode, genesis_grant } = first;
        Self { key, incarnation, mode, format: 1, genesis_grant }
    }
}

/// Reads the data of a kind in an older version than the present one.
pub(crate) fn upcast(kind: &str, version: u16, data: &str) -> Result<Event, DecodeError> {
    match (kind, version) {
        ("node.founded", 1) => {
            Ok(Event::NodeFounded(serde_json::from_str::<FoundedV1>(data)?.into()))
        }
        _ => Err(DecodeError::Kind { kind: kind.to_owned(), version }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_beyond_the_journals_format_is_refused_and_names_the_way() {
        let line = include_str!("../tests/corpus/format-1/entries.jsonl").lines().next().unwrap();
        let mut state = State::new([1; 4]);
        state.apply(&crate::codec::decode(line.as_bytes()).unwrap());
        let raised = Event::NodeFormatRaised(crate::node::FormatRaised { format: FORMAT });
        let id = hansa_types::EntryId::new(1, 1);
        let drafts = [Draft::new(id, hansa_types::Vis::Public, raised)];
        assert!(check(&state, &drafts).is_ok());
        // A format that holds nothing at all.
        state.node.as_mut().unwrap().format = 0;
        assert_eq!(check(&state, &drafts).unwrap_err().code, Code::FormatNotRaised);
        state.node.as_mut().unwrap().format = FORMAT;
        assert!(check(&state, &drafts).is_ok());
    }

    #[test]
    fn every_kind_of_the_first_format_is_still_there() {
        for kind in FIRST {
            assert!(Event::KINDS.iter().any(|(known, _)| *known == kind), "{kind}");
        }
        assert_eq!((since("transfer.posted"), since("node.format_raised")), (1, 1));
        assert_eq!(since("something.new"), 2);
    }
}
