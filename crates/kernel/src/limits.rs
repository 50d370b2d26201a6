//! What the state may hold and for how long.
//!
//! Each noun has a maximum count and a rule by which its things leave, measured on entry time, so
//! that the size of the state follows what is open and not what ever happened.

use hansa_types::Duration;

/// Principals; they never leave.
pub const PRINCIPALS_MAX: usize = 10_000_000;
/// Accounts; they never leave.
pub const ACCOUNTS_MAX: usize = 40_000_000;
/// Currencies; they never leave.
pub const CURRENCIES_MAX: usize = 1_000;
/// Keys that one principal had; they never leave.
pub const FORMER_KEYS_MAX: usize = 256;
/// Time for which a key is accepted after it was replaced.
pub const KEY_OVERLAP: Duration = Duration::days(7);
/// Foreign DIDs that are remembered; one leaves some time after it was last seen.
pub const DIDS_SEEN_MAX: usize = 100_000;
/// Time for which a foreign DID is remembered after it was seen to change.
pub const DID_SEEN_REMEMBERED: Duration = Duration::days(366);
/// API keys of one principal; they leave when revoked or expired.
pub const API_KEYS_PER_PRINCIPAL_MAX: usize = 100;
/// OAuth clients of one principal; they leave when revoked.
pub const CLIENTS_PER_PRINCIPAL_MAX: usize = 20;
/// Life of a bootstrap token; it leaves when that is over, used or not.
pub const BOOTSTRAP_LIFE: Duration = Duration::minutes(5);
/// Bootstrap tokens that one principal may make within [`BOOTSTRAP_WINDOW`].
pub const BOOTSTRAPS_PER_WINDOW_MAX: usize = 5;
/// Time within which bootstrap tokens are counted. Shorter than their life, so all are known.
pub const BOOTSTRAP_WINDOW: Duration = Duration::minutes(1);
/// Principals that a person without the node's grant may control, unless configured.
pub const AGENTS_PER_DEVELOPER_MAX: u32 = 100;
/// Open funding requests of one principal; a request leaves some time after it is decided.
pub const FUNDINGS_PER_PRINCIPAL_MAX: u32 = 10;
/// Time for which a decided funding request is remembered.
pub const FUNDING_REMEMBERED: Duration = Duration::days(30);
/// Recovery keys of one account; they leave when used or replaced.
pub const RECOVERY_KEYS_MAX: usize = 16;
/// Open sessions of one principal; they leave when closed or expired, and the oldest is closed when
/// one more is opened.
pub const SESSIONS_PER_PRINCIPAL_MAX: usize = 20;
/// Passkeys of one account; they leave when removed, and all with a recovery key.
pub const PASSKEYS_PER_ACCOUNT_MAX: usize = 10;
/// Longest life of a session.
pub const SESSION_LIFE_MAX: Duration = Duration::days(30);
/// Grants, live or remembered; they leave some time after they expire or are revoked.
pub const GRANTS_MAX: usize = 4_000_000;
/// Live grants that one principal, other than the node, may have given.
pub const GRANTS_PER_ISSUER_MAX: usize = 10_000;
/// Live grants that one principal may have given another.
pub const GRANTS_PER_ISSUER_AND_HOLDER_MAX: usize = 100;
/// Live grants to act for one principal that another may hold from those who were given authority
/// to hand on.
pub const GRANTS_HELD_FOR_ONE_MAX: usize = 1_000;
/// Time for which a grant that was revoked or expired is remembered, so that its use is refused by
/// what happened to it.
pub const GRANT_ENDED_REMEMBERED: Duration = Duration::days(30);
/// Ended grants of one issuer that are remembered; of those beyond it nothing stays.
pub const GRANTS_ENDED_PER_ISSUER_MAX: usize = 1_000;
/// Grants past which none that ends is remembered, so that what is over takes no room from what is not.
pub const GRANTS_ENDED_MAX: usize = GRANTS_MAX / 2;
/// Ended grants that are looked through for why somebody may no longer do something.
pub const GRANTS_ENDED_LOOKED_AT_MAX: usize = 16;
/// Resources, counterparties and jurisdictions that one grant may name, of each.
pub const SCOPE_ITEMS_MAX: usize = 32;
/// Bytes of one resource pattern.
pub const RESOURCE_BYTES_MAX: usize = 128;
/// Action patterns in one grant or API key.
pub const ACTIONS_MAX: usize = 32;
/// Bytes of one action pattern.
pub const ACTION_BYTES_MAX: usize = 64;
/// Links in a chain of delegated grants.
pub const GRANT_DEPTH_MAX: u8 = 8;
/// Longest life of a grant.
pub const GRANT_LIFE_MAX: Duration = Duration::days(3_660);
/// Organizations that one principal owns. They leave when they are erased.
pub const ORGS_OWNED_MAX: usize = 20;
/// Organizations that one principal is a member of.
pub const MEMBERSHIPS_PER_PRINCIPAL_MAX: usize = 100;
/// Members of one organization, guests among them.
pub const MEMBERS_PER_ORG_MAX: usize = 1_000;
/// Pending invitations of one organization; they leave when used, revoked or expired.
pub const INVITES_PER_ORG_MAX: usize = 100;
/// Shortest life of an invitation.
pub const INVITE_LIFE_MIN: Duration = Duration::minutes(1);
/// Life of an invitation that names none.
pub const INVITE_LIFE_DEFAULT: Duration = Duration::days(7);
/// Longest life of an invitation.
pub const INVITE_LIFE_MAX: Duration = Duration::days(30);
/// Teams of one organization; they leave when deleted.
pub const TEAMS_PER_ORG_MAX: usize = 100;
/// Times that one organization shares an agent with somebody.
pub const SHARES_PER_ORG_MAX: usize = 10_000;
/// Policy sets; they leave some time after they are revoked.
pub const POLICY_SETS_MAX: usize = 1_000;
/// Policy sets that acts are judged by at one time.
pub const POLICY_SETS_ASKED_MAX: usize = 64;
/// Jurisdictions of one policy set.
pub const POLICY_JURISDICTIONS_MAX: usize = 64;
/// Frameworks of one policy set.
pub const POLICY_FRAMEWORKS_MAX: usize = 16;
/// Native bounds of one policy set.
pub const POLICY_BOUNDS_MAX: usize = 64;
/// Names of rules that one judgement keeps of a set.
pub const POLICY_RULES_MATCHED_MAX: usize = 16;
/// Time for which a change that weakens policy waits for its second person.
pub const POLICY_CHANGE_WAITS: Duration = Duration::hours(24);
/// Time for which a revoked policy set is remembered.
pub const POLICY_REVOKED_REMEMBERED: Duration = Duration::days(30);
/// Recorded evaluations of policy; they leave when their time is over.
pub const POLICY_EVALUATIONS_MAX: usize = 1_000_000;
/// Time for which an evaluation may be referred to.
pub const POLICY_EVALUATION_REMEMBERED: Duration = Duration::days(30);
/// Evaluations without an answer; they leave when they are answered, or some time after they are ended.
pub const POLICY_ASKED_MAX: usize = 10_000;
/// Evaluations that one principal may be waiting for.
pub const POLICY_ASKED_PER_PRINCIPAL_MAX: usize = 100;
/// Time for which an evaluation that was not answered is remembered.
pub const POLICY_UNANSWERED_REMEMBERED: Duration = Duration::days(1);
/// Pending transfers; they leave when posted, voided or expired.
pub const HOLDS_MAX: usize = 1_000_000;
/// Shortest life of a pending transfer.
pub const HOLD_LIFE_MIN: Duration = Duration::seconds(1);
/// Longest life of a pending transfer.
pub const HOLD_LIFE_MAX: Duration = Duration::days(90);
/// Life of a pending transfer that names none.
pub const HOLD_LIFE_DEFAULT: Duration = Duration::days(7);
/// Tasks, open or within their time of remembrance.
pub const TASKS_MAX: usize = 2_000_000;
/// Milestones of one task.
pub const MILESTONES_MAX: usize = 32;
/// Offers and counter-offers of one task. Its further steps are bounded by its milestones.
pub const TASK_STEPS_MAX: u16 = 256;
/// Best score of a claim, in thousandths.
pub const SCORE_MAX: u16 = 1_000;
/// Reputations; they never leave. Past it only work of a known kind is offered.
pub const REPUTATIONS_MAX: usize = 20_000_000;
/// Furthest deadline of a task.
pub const DEADLINE_MAX: Duration = Duration::days(366);
/// Time after which an offer that nobody took lapses.
pub const OFFER_LIFE: Duration = Duration::days(30);
/// Time for which an ended task stays in the state.
pub const TASK_REMEMBERED: Duration = Duration::days(30);
/// Actions, open or within their time of remembrance.
pub const ACTIONS_KEPT_MAX: usize = 1_000_000;
/// Time after which nobody is waited for who should carry an action out.
pub const ACTION_LIFE: Duration = Duration::hours(24);
/// Time for which an action that ended stays in the state.
pub const ACTION_REMEMBERED: Duration = Duration::days(30);
/// Callbacks that have not ended; each does, when it was delivered or was tried often enough.
pub const CALLBACKS_MAX: usize = 100_000;
/// Those of one principal.
pub const CALLBACKS_PER_PRINCIPAL_MAX: u32 = 1_000;
/// Memories; they leave when they are deleted, or with their agent.
pub const MEMORIES_MAX: usize = 4_000_000;
/// Memories of one agent.
pub const MEMORIES_PER_AGENT_MAX: usize = 10_000;
/// Bytes of one memory's content.
pub const MEMORY_BYTES_MAX: u32 = 256 * 1024;
/// Bytes of all memories of one agent.
pub const MEMORY_BYTES_PER_AGENT_MAX: u64 = 256 * 1024 * 1024;
/// Refusals of one principal that become entries within [`REFUSAL_WINDOW`].
pub const REFUSALS_PER_WINDOW_MAX: u32 = 60;
/// Time within which refusals are counted.
pub const REFUSAL_WINDOW: Duration = Duration::hours(1);
/// Entries of a replay whose accounts and keys are looked at before the first of them is applied.
pub const ENTRIES_READ_AHEAD: usize = 64;
/// Links of a grant's chain that are looked at before the first of some commands is decided.
pub const GRANT_LINKS_READ_AHEAD: usize = 3;
/// Time for which an Idempotency-Key is remembered.
pub const IDEMPOTENCY_LIFE: Duration = Duration::hours(24);
/// Idempotency keys kept whole in memory; older ones remain in filters.
pub const IDEMPOTENCY_KEYS_MAX: usize = 2_000_000;
/// Filters of older idempotency keys. They grow, so that these hold 126 million keys.
pub const IDEMPOTENCY_FILTERS_MAX: usize = 48;
/// Bits of a filter for each of its keys: one look-up in a thousand of each filter is in vain.
pub const IDEMPOTENCY_FILTER_BITS_PER_KEY: usize = 16;
/// Time for which the id of an envelope that carried an operation is remembered: its window of 300
/// seconds to either side, and a minute for what was opened in time and waits in the queue.
pub const OPERATION_ENVELOPE_LIFE: Duration = Duration::seconds(660);
/// Time after a restoration for which no envelope is accepted: what was accepted before the backup's
/// end is forgotten, and every envelope of then is too old by now.
pub const RESTORED_WAIT: Duration = Duration::seconds(300);
/// Operation envelopes remembered at once.
pub const OPERATION_ENVELOPES_MAX: usize = 4_000_000;
/// Things that may leave the state per applied entry, so that no single entry pays for many.
pub const LEAVING_PER_ENTRY_MAX: usize = 8;
/// Expiries that one step of the writer may carry out.
pub const EXPIRIES_PER_STEP_MAX: usize = 64;
/// Declared tasks, open or within their time of remembrance.
pub const DECLARED_TASKS_MAX: usize = 1_000_000;
/// Open declared tasks of one principal.
pub const DECLARED_PER_PRINCIPAL_MAX: u32 = 10_000;
/// Furthest end of a declared task.
pub const TASK_LIFE_MAX: Duration = Duration::days(366);
/// Jurisdictions, and frameworks, of one task.
pub const SCOPES_MAX: usize = 16;
/// Persons who may have to approve one call.
pub const QUORUM_MAX: u8 = 8;
/// Artifacts of one task; they leave with it.
pub const ARTIFACTS_PER_TASK_MAX: usize = 256;
/// Artifacts that one of them refers to.
pub const REFERENCES_MAX: usize = 32;
/// All of a doubt, in millionths.
pub const UNCERTAINTY_PPM_MAX: u32 = 1_000_000;
/// Horizons of one assessment.
pub const HORIZONS_MAX: usize = 16;
/// Stakeholders of one assessment.
pub const STAKEHOLDERS_MAX: usize = 32;
/// Most that somebody gains or loses.
pub const MAGNITUDE_MAX: u8 = 100;
/// Rights that one assessment names.
pub const RIGHTS_MAX: usize = 8;
/// Skills; they never leave.
pub const SKILLS_MAX: usize = 100_000;
/// Governance roles that are assigned; they leave when withdrawn.
pub const ROLES_MAX: usize = 10_000;
/// Furthest end of an absence.
pub const ABSENCE_MAX: Duration = Duration::days(90);
/// Requests for approval of one task; they leave with it.
pub const APPROVAL_REQUESTS_PER_TASK_MAX: usize = 32;
/// Approvers that one request names.
pub const APPROVERS_MAX: usize = 16;
/// Life of a request for approval that names none.
pub const APPROVAL_LIFE_DEFAULT: Duration = Duration::days(1);
/// Longest life of a request for approval.
pub const APPROVAL_LIFE_MAX: Duration = Duration::days(30);
/// Open escalations of one task; they leave with it.
pub const ESCALATIONS_PER_TASK_MAX: usize = 16;
