//! The closed list of what can happen: one variant per kind, each with its data and with what it
//! makes true.
//!
//! A released (kind, version) never changes its shape or its meaning. A correction is a new
//! version beside the old one, or an event that puts right what an earlier one did.

use crate::State;
use crate::entry::Entry;
use crate::{
    account, action, apply, callback, clearance, client, custody, did, funding, grant, memory,
    node, onboard, org, policy, principal, task, transfer,
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
    (
        $($(#[$doc:meta])*
        $variant:ident = $kind:literal v $version:literal: $data:ty => $apply:path;)*
    ) => {
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

            /// Makes it true.
            pub(crate) fn apply(&self, state: &mut State, entry: &Entry) {
                match self { $(Event::$variant(data) => $apply(state, entry, data)),* }
            }

            /// Reads the data of a kind.
            pub(crate) fn read(kind: &str, version: u16, data: &str) -> Result<Event, DecodeError> {
                match (kind, version) {
                    $(($kind, $version) => Ok(Event::$variant(serde_json::from_str(data)?)),)*
                    _ => crate::format::upcast(kind, version, data),
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
    TransferPosted = "transfer.posted" v 1: transfer::Posted => transfer::apply_posted;
    /// Money was set aside until it is posted, voided or expires.
    TransferPending = "transfer.pending" v 1: transfer::Pending => transfer::apply_pending;
    /// What was still set aside, or a part of it, went back.
    TransferVoided = "transfer.voided" v 1: transfer::Voided => transfer::apply_voided;
    /// The issuing node made money.
    MoneyMinted = "money.minted" v 1: transfer::Minted => transfer::apply_minted;
    /// The issuing node destroyed money.
    MoneyBurned = "money.burned" v 1: transfer::Burned => transfer::apply_burned;
    /// A currency came into being.
    CurrencyCreated = "currency.created" v 1: transfer::CurrencyCreated
        => transfer::apply_currency_created;
    /// The journal began.
    NodeFounded = "node.founded" v 2: node::Founded => node::apply_founded;
    /// The journal goes on from a backup, as another run.
    NodeRestored = "node.restored" v 1: node::Restored => node::apply_restored;
    /// The node signs with another key from now on.
    NodeKeyRotated = "node.key_rotated" v 1: node::NodeKeyRotated => node::apply_key_rotated;
    /// The operator accepted a jump of the clock.
    ClockAccepted = "clock.accepted" v 1: node::ClockAccepted => apply::nothing;
    /// A principal came into being.
    PrincipalCreated = "principal.created" v 1: principal::Created => principal::apply_created;
    /// A principal may no longer act.
    PrincipalSuspended = "principal.suspended" v 1: principal::Suspended
        => principal::apply_suspended;
    /// A principal's money stays where it is.
    PrincipalFrozen = "principal.frozen" v 1: principal::Frozen => principal::apply_frozen;
    /// Somebody who is stopped says something against it.
    AppealLodged = "appeal.lodged" v 1: principal::AppealLodged => principal::apply_appeal_lodged;
    /// A principal may act again.
    PrincipalReinstated = "principal.reinstated" v 1: principal::Reinstated
        => principal::apply_reinstated;
    /// What was personal about a principal is gone for good.
    PrincipalErased = "principal.erased" v 1: principal::Erased => principal::apply_erased;
    /// A principal has a new card.
    CardSet = "card.set" v 1: principal::CardSet => principal::apply_card_set;
    /// An API key works from now on.
    ApiKeyCreated = "api_key.created" v 1: principal::ApiKeyCreated
        => principal::apply_api_key_created;
    /// An API key works no longer.
    ApiKeyRevoked = "api_key.revoked" v 1: principal::ApiKeyRevoked
        => principal::apply_api_key_revoked;
    /// An OAuth client works from now on.
    ClientCreated = "client.created" v 1: client::Created => client::apply_created;
    /// An OAuth client and its tokens work no longer.
    ClientRevoked = "client.revoked" v 1: client::Revoked => client::apply_revoked;
    /// The tokens that a principal's clients were given so far work no longer.
    TokensRevoked = "tokens.revoked" v 1: client::TokensRevoked => client::apply_tokens_revoked;
    /// A bootstrap token works once from now on.
    BootstrapCreated = "bootstrap.created" v 1: onboard::BootstrapCreated => onboard::apply_created;
    /// An agent asked for money.
    FundingRequested = "funding.requested" v 1: funding::Requested => funding::apply_requested;
    /// The money was granted.
    FundingApproved = "funding.approved" v 1: funding::Approved => funding::apply_approved;
    /// It was not.
    FundingRejected = "funding.rejected" v 1: funding::Rejected => funding::apply_rejected;
    /// A principal has an account.
    AccountRegistered = "account.registered" v 1: account::Registered => account::apply_registered;
    /// The password is another, and what was opened with the old one has ended.
    PasswordChanged = "password.changed" v 1: account::PasswordChanged
        => account::apply_password_changed;
    /// A recovery key was used up.
    RecoveryKeyUsed = "recovery_key.used" v 1: account::RecoveryKeyUsed
        => account::apply_recovery_key_used;
    /// There are new recovery keys.
    RecoveryKeysSet = "recovery_keys.set" v 1: account::RecoveryKeysSet
        => account::apply_recovery_keys_set;
    /// A session works from now on.
    SessionOpened = "session.opened" v 1: account::SessionOpened => account::apply_opened;
    /// A session works no longer.
    SessionClosed = "session.closed" v 1: account::SessionClosed => account::apply_closed;
    /// A second factor is asked for.
    TotpEnabled = "totp.enabled" v 1: account::TotpEnabled => account::apply_enabled;
    /// No second factor is asked for.
    TotpDisabled = "totp.disabled" v 1: account::TotpDisabled => account::apply_disabled;
    /// A passkey counts from now on.
    PasskeyAdded = "passkey.added" v 1: account::PasskeyAdded => account::apply_passkey_added;
    /// A passkey told how often it has signed.
    PasskeyUsed = "passkey.used" v 1: account::PasskeyUsed => account::apply_passkey_used;
    /// A passkey counts no longer.
    PasskeyRemoved = "passkey.removed" v 1: account::PasskeyRemoved
        => account::apply_passkey_removed;
    /// Authority was given.
    GrantCreated = "grant.created" v 1: grant::Created => grant::apply_created;
    /// Authority was taken back, with everything delegated from it.
    GrantRevoked = "grant.revoked" v 1: grant::Revoked => grant::apply_revoked;
    /// A payer offered terms to an agent.
    TaskOffered = "task.offered" v 1: task::Offered => task::apply_offered;
    /// One side answered with other terms.
    TaskCountered = "task.countered" v 1: task::Countered => task::apply_countered;
    /// The last terms were accepted.
    TaskAccepted = "task.accepted" v 1: task::Accepted => task::apply_accepted;
    /// The last terms were rejected.
    TaskRejected = "task.rejected" v 1: task::Rejected => task::apply_rejected;
    /// The payer put the money in escrow and the agent may begin.
    TaskDelegated = "task.delegated" v 1: task::Delegated => task::apply_delegated;
    /// The agent did a milestone.
    TaskExecuted = "task.executed" v 1: task::Executed => task::apply_executed;
    /// The agent claims a milestone's share.
    TaskClaimed = "task.claimed" v 1: task::Claimed => task::apply_claimed;
    /// A claim was accepted or refused.
    TaskAttested = "task.attested" v 1: task::Attested => task::apply_attested;
    /// Every milestone is decided.
    TaskSettled = "task.settled" v 1: task::Settled => task::apply_settled;
    /// One side rated the other.
    TaskRated = "task.rated" v 1: task::Rated => task::apply_rated;
    /// The payer took the task back.
    TaskRevoked = "task.revoked" v 1: task::Revoked => task::apply_revoked;
    /// The task's time ran out.
    TaskExpired = "task.expired" v 1: task::Expired => task::apply_expired;
    /// The node signs for an agent with this key from now on.
    CustodyKeySet = "custody.key_set" v 1: custody::KeySet => custody::apply_key_set;
    /// A principal signs with another key from now on.
    KeyRotated = "key.rotated" v 1: principal::KeyRotated => principal::apply_key_rotated;
    /// A policy set exists, as a draft.
    PolicySetCreated = "policy_set.created" v 1: policy::Created => policy::apply_created;
    /// Acts are judged by a policy set from now on.
    PolicySetActivated = "policy_set.activated" v 1: policy::Activated => policy::apply_activated;
    /// Acts are no longer judged by a policy set.
    PolicySetDeprecated = "policy_set.deprecated" v 1: policy::Deprecated
        => policy::apply_deprecated;
    /// A policy set has ended for good.
    PolicySetRevoked = "policy_set.revoked" v 1: policy::Revoked => policy::apply_revoked;
    /// A policy set counts for more or less than before.
    PolicySetModeSet = "policy_set.mode_set" v 1: policy::ModeSet => policy::apply_mode_set;
    /// A change that weakens policy waits for its second person.
    PolicySetChangeRequested = "policy_set.change_requested" v 1: policy::ChangeRequested
        => policy::apply_change_requested;
    /// What policy said of the command whose first entry is the subject.
    PolicyJudged = "policy.judged" v 1: policy::Judged => policy::apply_judged;
    /// Somebody asked for an evaluation that is answered later.
    PolicyAsked = "policy.asked" v 1: policy::Asked => policy::apply_asked;
    /// An evaluation is not answered.
    PolicyUnanswered = "policy.unanswered" v 1: policy::Unanswered => policy::apply_unanswered;
    /// What policy said when somebody asked.
    PolicyEvaluated = "policy.evaluated" v 1: policy::Evaluated => policy::apply_evaluated;
    /// A task was declared.
    TaskDeclared = "task.declared" v 1: clearance::Declared => clearance::apply_declared;
    /// A declared task moved.
    TaskMoved = "task.moved" v 1: clearance::Moved => clearance::apply_moved;
    /// Something is on record for a task.
    ArtifactAdded = "artifact.added" v 1: clearance::Artifact => clearance::apply_added;
    /// Somebody vouches for a context.
    TaintPromoted = "taint.promoted" v 1: clearance::TaintPromoted => clearance::apply_promoted;
    /// The manifest of a skill is on record.
    SkillRegistered = "skill.registered" v 1: clearance::SkillRegistered
        => clearance::apply_registered;
    /// Somebody holds a governance role.
    RoleAssigned = "role.assigned" v 1: clearance::RoleAssigned => clearance::apply_assigned;
    /// Somebody holds a governance role no longer.
    RoleWithdrawn = "role.withdrawn" v 1: clearance::RoleWithdrawn => clearance::apply_withdrawn;
    /// Somebody is away, and another stands in.
    AbsenceDelegated = "absence.delegated" v 1: clearance::AbsenceDelegated
        => clearance::apply_absence_delegated;
    /// Somebody asked for approval.
    ApprovalRequested = "approval.requested" v 1: clearance::ApprovalRequested
        => clearance::apply_requested;
    /// A request for approval is for this call and no other.
    ApprovalBound = "approval.bound" v 1: clearance::ApprovalBound => clearance::apply_bound;
    /// An approver has spoken.
    ApprovalDecided = "approval.decided" v 1: clearance::ApprovalDecided
        => clearance::apply_decided;
    /// An approval was used up.
    ApprovalUsed = "approval.used" v 1: clearance::ApprovalUsed => clearance::apply_used;
    /// Nobody spoke, or nobody used it, in time.
    ApprovalExpired = "approval.expired" v 1: clearance::ApprovalExpired
        => clearance::apply_approval_expired;
    /// Those who have not spoken are reminded.
    ApprovalReminded = "approval.reminded" v 1: clearance::ApprovalReminded
        => clearance::apply_reminded;
    /// A command waits for approval, as a task of its own.
    TaskParked = "task.parked" v 1: clearance::Parked => clearance::apply_parked;
    /// A concern stops a task.
    EscalationRaised = "escalation.raised" v 1: clearance::Raised => clearance::apply_raised;
    /// Somebody has looked into it.
    EscalationResolved = "escalation.resolved" v 1: clearance::Resolved
        => clearance::apply_resolved;
    /// A principal has a DID log.
    DidCreated = "did.created" v 1: did::Created => did::apply_created;
    /// A principal's DID log goes on.
    DidUpdated = "did.updated" v 1: did::Updated => did::apply_updated;
    /// A foreign DID was seen as it is.
    DidPinned = "did.pinned" v 1: did::Pinned => did::apply_pinned;
    /// A grant was given up by its holder, with everything delegated from it.
    GrantRelinquished = "grant.relinquished" v 1: grant::Relinquished => grant::apply_relinquished;
    /// A grant whose uses are counted was used.
    GrantUsed = "grant.used" v 1: grant::Used => grant::apply_used;
    /// Somebody was invited to an organization.
    MemberInvited = "member.invited" v 1: org::Invited => org::apply_invited;
    /// An invitation is void.
    InviteRevoked = "invite.revoked" v 1: org::Revoked => org::apply_revoked;
    /// An organization has another member.
    MemberJoined = "member.joined" v 1: org::Joined => org::apply_joined;
    /// A member is something else in an organization than before.
    MemberRoleChanged = "member.role_changed" v 1: org::RoleChanged => org::apply_role_changed;
    /// Somebody is no member of an organization any more.
    MemberLeft = "member.left" v 1: org::Left => org::apply_left;
    /// An organization has another owner.
    OrgOwnerTransferred = "org.owner_transferred" v 1: org::OwnerTransferred
        => org::apply_owner_transferred;
    /// An organization has another team.
    TeamCreated = "team.created" v 1: org::TeamCreated => org::apply_team_created;
    /// A team is no more.
    TeamDeleted = "team.deleted" v 1: org::TeamDeleted => org::apply_team_deleted;
    /// A member is in a team.
    TeamJoined = "team.joined" v 1: org::TeamJoined => org::apply_team_joined;
    /// A member is in a team no longer.
    TeamLeft = "team.left" v 1: org::TeamLeft => org::apply_team_left;
    /// Somebody may look into what an agent of their organization does.
    AgentShared = "agent.shared" v 1: org::Shared => org::apply_shared;
    /// Somebody may do so no longer.
    AgentUnshared = "agent.unshared" v 1: org::Unshared => org::apply_unshared;
    /// An agent belongs to somebody else than before.
    AgentTransferred = "agent.transferred" v 1: org::AgentTransferred
        => org::apply_agent_transferred;
    /// The journal may hold what this release writes, and no earlier one reads it from now on.
    NodeFormatRaised = "node.format_raised" v 1: node::FormatRaised
        => node::apply_format_raised;
    /// Something is done through the gate, or begins.
    EffectStarted = "effect.started" v 1: action::Started => action::apply_started;
    /// Somebody outside took an action to carry it out.
    EffectClaimed = "effect.claimed" v 1: action::Claimed => action::apply_claimed;
    /// An effect ended.
    EffectFinished = "effect.finished" v 1: action::Finished => action::apply_finished;
    /// Nobody can tell how an effect ended.
    EffectOutcomeUnknown = "effect.outcome_unknown" v 1: action::OutcomeUnknown
        => action::apply_outcome_unknown;
    /// The gate refused an action.
    ActionRefused = "action.refused" v 1: action::Refused => action::apply_refused;
    /// Somebody wants to be told how what they wait for ends.
    CallbackAsked = "callback.asked" v 1: callback::CallbackAsked => callback::apply_asked;
    /// They were told, or will not be.
    CallbackEnded = "callback.ended" v 1: callback::CallbackEnded => callback::apply_ended;
    /// An agent keeps something for itself.
    MemoryWritten = "memory.written" v 1: memory::Written => memory::apply_written;
    /// A memory is gone for good.
    MemoryErased = "memory.erased" v 1: memory::Erased => memory::apply_erased;
    /// All memories of an agent are gone for good.
    MemoriesErased = "memories.erased" v 1: memory::AllErased => memory::apply_all_erased;
}
