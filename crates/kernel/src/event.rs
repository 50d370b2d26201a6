//! The closed list of what can happen: one variant per kind, each with its data.
//!
//! A released (kind, version) never changes its shape or its meaning. A correction is a new
//! version beside the old one, or an event that puts right what an earlier one did.

use crate::{
    account, clearance, client, custody, did, funding, grant, node, onboard, policy, principal,
    task, transfer,
};

/// The line is not an entry that this release understands.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not the JSON of an entry.
    #[error("not an entry: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A kind or version from another release.
    #[error("unknown kind {kind} of version {version}; a newer release may read it")]
    Kind {
        /// The kind the line names.
        kind: String,
        /// Its version.
        version: u16,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal v $version:literal: $data:ty;)*) => {
        /// Something that happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($data),)*
        }

        impl Event {
            /// Every kind of this release with its version.
            pub const KINDS: &'static [(&'static str, u16)] = &[$(($kind, $version)),*];

            /// The kind, e.g. `transfer.posted`.
            pub fn kind(&self) -> &'static str {
                match self { $(Event::$variant(_) => $kind),* }
            }

            /// The version of the kind's shape.
            pub fn version(&self) -> u16 {
                match self { $(Event::$variant(_) => $version),* }
            }

            /// Reads the data of a kind.
            pub(crate) fn read(kind: &str, version: u16, data: &str) -> Result<Event, DecodeError> {
                match (kind, version) {
                    $(($kind, $version) => Ok(Event::$variant(serde_json::from_str(data)?)),)*
                    _ => Err(DecodeError::Kind { kind: kind.to_owned(), version }),
                }
            }
        }

        impl serde::Serialize for Event {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                match self { $(Event::$variant(data) => data.serialize(s)),* }
            }
        }
    };
}

events! {
    /// Money moved for good: from one account to another, or out of a pending transfer.
    TransferPosted = "transfer.posted" v 1: transfer::Posted;
    /// Money was set aside until it is posted, voided or expires.
    TransferPending = "transfer.pending" v 1: transfer::Pending;
    /// What was still set aside, or a part of it, went back.
    TransferVoided = "transfer.voided" v 1: transfer::Voided;
    /// The issuing node made money.
    MoneyMinted = "money.minted" v 1: transfer::Minted;
    /// The issuing node destroyed money.
    MoneyBurned = "money.burned" v 1: transfer::Burned;
    /// A currency came into being.
    CurrencyCreated = "currency.created" v 1: transfer::CurrencyCreated;
    /// The journal began.
    NodeFounded = "node.founded" v 1: node::Founded;
    /// The journal goes on from a backup, as another run.
    NodeRestored = "node.restored" v 1: node::Restored;
    /// The operator accepted a jump of the clock.
    ClockAccepted = "clock.accepted" v 1: node::ClockAccepted;
    /// A principal came into being.
    PrincipalCreated = "principal.created" v 1: principal::Created;
    /// A principal may no longer act.
    PrincipalSuspended = "principal.suspended" v 1: principal::Suspended;
    /// A principal's money stays where it is.
    PrincipalFrozen = "principal.frozen" v 1: principal::Frozen;
    /// A principal may act again.
    PrincipalReinstated = "principal.reinstated" v 1: principal::Reinstated;
    /// What was personal about a principal is gone for good.
    PrincipalErased = "principal.erased" v 1: principal::Erased;
    /// A principal has a new card.
    CardSet = "card.set" v 1: principal::CardSet;
    /// An API key works from now on.
    ApiKeyCreated = "api_key.created" v 1: principal::ApiKeyCreated;
    /// An API key works no longer.
    ApiKeyRevoked = "api_key.revoked" v 1: principal::ApiKeyRevoked;
    /// An OAuth client works from now on.
    ClientCreated = "client.created" v 1: client::Created;
    /// An OAuth client and its tokens work no longer.
    ClientRevoked = "client.revoked" v 1: client::Revoked;
    /// The tokens that a principal's clients were given so far work no longer.
    TokensRevoked = "tokens.revoked" v 1: client::TokensRevoked;
    /// A bootstrap token works once from now on.
    BootstrapCreated = "bootstrap.created" v 1: onboard::BootstrapCreated;
    /// An agent asked for money.
    FundingRequested = "funding.requested" v 1: funding::Requested;
    /// The money was granted.
    FundingApproved = "funding.approved" v 1: funding::Approved;
    /// It was not.
    FundingRejected = "funding.rejected" v 1: funding::Rejected;
    /// A principal has an account.
    AccountRegistered = "account.registered" v 1: account::Registered;
    /// The password is another, and what was opened with the old one has ended.
    PasswordChanged = "password.changed" v 1: account::PasswordChanged;
    /// A recovery key was used up.
    RecoveryKeyUsed = "recovery_key.used" v 1: account::RecoveryKeyUsed;
    /// There are new recovery keys.
    RecoveryKeysSet = "recovery_keys.set" v 1: account::RecoveryKeysSet;
    /// A session works from now on.
    SessionOpened = "session.opened" v 1: account::SessionOpened;
    /// A session works no longer.
    SessionClosed = "session.closed" v 1: account::SessionClosed;
    /// A second factor is asked for.
    TotpEnabled = "totp.enabled" v 1: account::TotpEnabled;
    /// No second factor is asked for.
    TotpDisabled = "totp.disabled" v 1: account::TotpDisabled;
    /// Authority was given.
    GrantCreated = "grant.created" v 1: grant::Created;
    /// Authority was taken back, with everything delegated from it.
    GrantRevoked = "grant.revoked" v 1: grant::Revoked;
    /// A payer offered terms to an agent.
    TaskOffered = "task.offered" v 1: task::Offered;
    /// One side answered with other terms.
    TaskCountered = "task.countered" v 1: task::Countered;
    /// The last terms were accepted.
    TaskAccepted = "task.accepted" v 1: task::Accepted;
    /// The last terms were rejected.
    TaskRejected = "task.rejected" v 1: task::Rejected;
    /// The payer put the money in escrow and the agent may begin.
    TaskDelegated = "task.delegated" v 1: task::Delegated;
    /// The agent did a milestone.
    TaskExecuted = "task.executed" v 1: task::Executed;
    /// The agent claims a milestone's share.
    TaskClaimed = "task.claimed" v 1: task::Claimed;
    /// A claim was accepted or refused.
    TaskAttested = "task.attested" v 1: task::Attested;
    /// Every milestone is decided.
    TaskSettled = "task.settled" v 1: task::Settled;
    /// One side rated the other.
    TaskRated = "task.rated" v 1: task::Rated;
    /// The payer took the task back.
    TaskRevoked = "task.revoked" v 1: task::Revoked;
    /// The task's time ran out.
    TaskExpired = "task.expired" v 1: task::Expired;
    /// The node signs for an agent with this key from now on.
    CustodyKeySet = "custody.key_set" v 1: custody::KeySet;
    /// A principal signs with another key from now on.
    KeyRotated = "key.rotated" v 1: principal::KeyRotated;
    /// A policy set exists, as a draft.
    PolicySetCreated = "policy_set.created" v 1: policy::Created;
    /// Acts are judged by a policy set from now on.
    PolicySetActivated = "policy_set.activated" v 1: policy::Activated;
    /// Acts are no longer judged by a policy set.
    PolicySetDeprecated = "policy_set.deprecated" v 1: policy::Deprecated;
    /// A policy set has ended for good.
    PolicySetRevoked = "policy_set.revoked" v 1: policy::Revoked;
    /// A policy set counts for more or less than before.
    PolicySetModeSet = "policy_set.mode_set" v 1: policy::ModeSet;
    /// A change that weakens policy waits for its second person.
    PolicySetChangeRequested = "policy_set.change_requested" v 1: policy::ChangeRequested;
    /// What policy said of the command whose first entry is the subject.
    PolicyJudged = "policy.judged" v 1: policy::Judged;
    /// What policy said when somebody asked.
    PolicyEvaluated = "policy.evaluated" v 1: policy::Evaluated;
    /// A task was declared.
    TaskDeclared = "task.declared" v 1: clearance::Declared;
    /// A declared task moved.
    TaskMoved = "task.moved" v 1: clearance::Moved;
    /// Something is on record for a task.
    ArtifactAdded = "artifact.added" v 1: clearance::Artifact;
    /// Somebody vouches for a context.
    TaintPromoted = "taint.promoted" v 1: clearance::TaintPromoted;
    /// The manifest of a skill is on record.
    SkillRegistered = "skill.registered" v 1: clearance::SkillRegistered;
    /// Somebody holds a governance role.
    RoleAssigned = "role.assigned" v 1: clearance::RoleAssigned;
    /// Somebody holds a governance role no longer.
    RoleWithdrawn = "role.withdrawn" v 1: clearance::RoleWithdrawn;
    /// Somebody is away, and another stands in.
    AbsenceDelegated = "absence.delegated" v 1: clearance::AbsenceDelegated;
    /// Somebody asked for approval.
    ApprovalRequested = "approval.requested" v 1: clearance::ApprovalRequested;
    /// A request for approval is for this call and no other.
    ApprovalBound = "approval.bound" v 1: clearance::ApprovalBound;
    /// An approver has spoken.
    ApprovalDecided = "approval.decided" v 1: clearance::ApprovalDecided;
    /// An approval was used up.
    ApprovalUsed = "approval.used" v 1: clearance::ApprovalUsed;
    /// Nobody spoke, or nobody used it, in time.
    ApprovalExpired = "approval.expired" v 1: clearance::ApprovalExpired;
    /// Those who have not spoken are reminded.
    ApprovalReminded = "approval.reminded" v 1: clearance::ApprovalReminded;
    /// A command waits for approval, as a task of its own.
    TaskParked = "task.parked" v 1: clearance::Parked;
    /// A concern stops a task.
    EscalationRaised = "escalation.raised" v 1: clearance::Raised;
    /// Somebody has looked into it.
    EscalationResolved = "escalation.resolved" v 1: clearance::Resolved;
    /// A principal has a DID log.
    DidCreated = "did.created" v 1: did::Created;
    /// A principal's DID log goes on.
    DidUpdated = "did.updated" v 1: did::Updated;
    /// A foreign DID was seen as it is.
    DidPinned = "did.pinned" v 1: did::Pinned;
    /// A grant was given up by its holder, with everything delegated from it.
    GrantRelinquished = "grant.relinquished" v 1: grant::Relinquished;
    /// A grant whose uses are counted was used.
    GrantUsed = "grant.used" v 1: grant::Used;
}
