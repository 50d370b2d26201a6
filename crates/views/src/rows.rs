//! What the views answer with, and what they are asked by.
//!
//! Plain values of the core's types: amounts in minor units, times as moments, states as the
//! kernel's own enums. Deliberately absent: JSON shapes of the wire and rendering for people.

use hansa_kernel::callback::Delivery;
use hansa_kernel::grant::Scope;
use hansa_kernel::policy::Verdict;
use hansa_kernel::principal::{Kind, Trust};
use hansa_kernel::task::{MilestoneState, Rail, Side, Stage, Work};
use hansa_types::{
    Amount, AnyId, ApiKeyId, CurrencyCode, EnvelopeId, GrantId, Label, PolicySetId, PrincipalId,
    TaskId, Time, TransferId,
};
use serde_json::Value;

use crate::cursor::Cursor;
use crate::limits::PAGE_ROWS_DEFAULT;

/// An entry to project, with the document it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// The entry as the journal has it.
    pub entry: hansa_kernel::Entry,
    /// The card for `principal.created` and `card.set`; otherwise the envelope's JSON for an entry
    /// that keeps an envelope's proof. Absent when there is none or when it was erased.
    pub document: Option<Value>,
}

/// Who looks. What the viewer may not see is absent, as if it did not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewer {
    /// The principal that asks; nobody when it did not sign in.
    pub principal: Option<PrincipalId>,
    /// Whether it sees everyone's rows: the node's owner, and for money whoever audits it.
    pub all: bool,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery {
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many rows, at least 1 and at most [`crate::limits::PAGE_ROWS_MAX`].
    pub limit: u32,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self { after: None, limit: PAGE_ROWS_DEFAULT }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; nothing when this was the last.
    pub next: Option<Cursor>,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferState {
    /// Money is set aside, all of it or what is left.
    Pending,
    /// Money has moved; for a pending transfer, the last of it was posted.
    Posted,
    /// The last of what was set aside went back because somebody said so.
    Voided,
    /// The last of what was set aside went back because its time ran out.
    Expired,
}

/// What kind of movement a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferKind {
    /// From one account to another.
    Transfer,
    /// Out of nothing.
    Mint,
    /// Into nothing.
    Burn,
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// Its id.
    pub id: TransferId,
    /// The entry that made it.
    pub seq: u64,
    /// When that was.
    pub at: Time,
    /// Where it stands now.
    pub state: TransferState,
    /// What kind of movement it is.
    pub kind: TransferKind,
    /// Who pays; nobody for a mint.
    pub from: Option<PrincipalId>,
    /// Who is paid; nobody for a burn.
    pub to: Option<PrincipalId>,
    /// How much arrives, or was set aside.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// What the payer pays on top, or set aside for it.
    pub fee: Amount,
    /// For one that was set aside: how much of the amount was posted so far.
    pub posted_amount: Option<Amount>,
    /// For one that was set aside: how much of the amount went back so far.
    pub voided_amount: Option<Amount>,
    /// The pending transfer it came out of.
    pub of: Option<TransferId>,
    /// The task whose money it is.
    pub task: Option<TaskId>,
    /// When a pending one goes back by itself.
    pub expires: Option<Time>,
    /// The grant under which somebody else than the payer did it.
    pub grant: Option<GrantId>,
}

/// Which transfers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransferFilter {
    /// With this principal on either side.
    pub account: Option<PrincipalId>,
    /// In this currency.
    pub currency: Option<CurrencyCode>,
    /// In this state.
    pub state: Option<TransferState>,
    /// Of this kind.
    pub kind: Option<TransferKind>,
    /// Of this task's money.
    pub task: Option<TaskId>,
}

/// A principal, public to all.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRow {
    /// Its id.
    pub id: PrincipalId,
    /// The entry that made it.
    pub seq: u64,
    /// What it is.
    pub kind: Kind,
    /// The key its envelopes are signed with, as multibase.
    pub key: String,
    /// Who made it and may manage it.
    pub controller: Option<PrincipalId>,
    /// Whether it may act.
    pub active: bool,
    /// Whether what was personal about it was erased.
    pub erased: bool,
    /// When it was made.
    pub created_at: Time,
    /// The name on its card.
    pub name: Option<String>,
    /// Its card.
    pub card: Option<Value>,
    /// What was found of the card's signatures when it came in.
    pub trust: Trust,
}

/// How to find agents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiscoverQuery {
    /// Words of the name, description, skills or tags; every word must be found.
    pub query: Option<String>,
    /// Only agents with a skill of exactly this id.
    pub skill: Option<String>,
    /// Only agents that name a price in this currency of at most so many minor units.
    pub price_max: Option<(CurrencyCode, Amount)>,
    /// Only agents whose mean rating is at least so many thousandths of a star.
    pub reputation_min_milli: Option<u64>,
    /// Only agents with a skill of this tag, whatever its case.
    pub tag: Option<String>,
}

/// What is known of somebody's work, all skills together or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Tasks settled with every milestone paid.
    pub completed: u64,
    /// Tasks settled with a milestone refused.
    pub failed: u64,
    /// How often it was rated.
    pub ratings: u64,
    /// The mean rating in thousandths of a star, if there is one.
    pub mean_milli: Option<u64>,
}

/// An agent that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredRow {
    /// The agent.
    pub agent: AgentRow,
    /// Its reputation: for the skill asked for, or over all skills.
    pub reputation: Standing,
    /// What its card asks for: the currency, and major units as the card writes them.
    pub price: Option<(CurrencyCode, String)>,
    /// How well the words match, in millionths; 0 when no words were given.
    pub score: i64,
    /// Its standing in thousandths of a star, by which equal matches are sorted.
    pub standing_milli: i64,
}

/// A milestone of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneRow {
    /// Its name, if the parties' envelope is at hand and says it.
    pub name: Option<String>,
    /// The label of its name; absent on the rail that pays as a whole.
    pub label: Option<Label>,
    /// Its share in percent.
    pub pct: u8,
    /// Where it stands.
    pub state: MilestoneState,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// The entry that offered it.
    pub seq: u64,
    /// Who pays.
    pub payer: PrincipalId,
    /// Who works.
    pub agent: PrincipalId,
    /// What kind of work, if the offer is at hand and says it.
    pub skill: Option<String>,
    /// The label of the kind of work.
    pub skill_label: Label,
    /// In which currency.
    pub currency: CurrencyCode,
    /// The whole price.
    pub amount: Amount,
    /// When the escrow pays.
    pub rail: Rail,
    /// Its milestones in order; one for the rail that pays as a whole.
    pub milestones: Vec<MilestoneRow>,
    /// Where the agreement stands.
    pub stage: Stage,
    /// Where the work stands.
    pub work: Work,
    /// When it ends by itself, if the terms say.
    pub deadline: Option<Time>,
    /// The pending transfer with its money.
    pub hold: Option<TransferId>,
    /// The envelope that put the money in escrow.
    pub delegation: Option<EnvelopeId>,
    /// When it was offered.
    pub created_at: Time,
    /// When something last happened to it.
    pub updated_at: Time,
}

/// Which tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaskFilter {
    /// With this principal as payer or agent.
    pub party: Option<PrincipalId>,
    /// At this stage.
    pub stage: Option<Stage>,
}

/// A signed envelope that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeRow {
    /// Its id.
    pub id: EnvelopeId,
    /// Its first entry.
    pub seq: u64,
    /// When that was.
    pub at: Time,
    /// `intent`, `delegation`, `inference` or `outcome`.
    pub kind: String,
    /// The AMP verb; none for an envelope that carries an operation.
    pub verb: Option<String>,
    /// The envelope it follows.
    pub parent: Option<EnvelopeId>,
    /// Who sent it.
    pub from: Option<PrincipalId>,
    /// To whom: the other party of its task, or the node.
    pub to: Option<PrincipalId>,
    /// Its task.
    pub task: Option<TaskId>,
    /// Its text, if at hand.
    pub document: Option<Value>,
}

/// An API key, without anything of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// The entry that made it.
    pub seq: u64,
    /// For whom it stands.
    pub principal: PrincipalId,
    /// Patterns of the actions it covers.
    pub actions: Vec<String>,
    /// When it stops working, if ever.
    pub expires: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When it was last used, to the minute, as far as anybody noted.
    pub used_at: Option<Time>,
}

/// A grant. Whether it works also depends on every grant above it, which the kernel alone judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// The entry that made it.
    pub seq: u64,
    /// On whose behalf it is used: who gave the first grant of the chain.
    pub root: PrincipalId,
    /// Who gave it.
    pub issuer: PrincipalId,
    /// Who may use it.
    pub holder: PrincipalId,
    /// Patterns of the actions it allows.
    pub actions: Vec<String>,
    /// The only currency it may move.
    pub currency: Option<CurrencyCode>,
    /// Most for a single use, fee excluded.
    pub per_use: Option<Amount>,
    /// Most over its life, fees excluded.
    pub total: Option<Amount>,
    /// Most uses over its life.
    pub uses_max: Option<u64>,
    /// About what, with whom, where and by which key.
    pub scope: Option<Box<Scope>>,
    /// How much it has moved, itself or through grants below it.
    pub spent: Amount,
    /// How often it was used, itself or through grants below it, for money or where that is
    /// counted.
    pub uses: u64,
    /// When it ends.
    pub expires: Time,
    /// Links above it.
    pub depth: u8,
    /// How many links may stand below it.
    pub depth_max: Option<u8>,
    /// The grant it narrows.
    pub parent: Option<GrantId>,
    /// When it was made.
    pub created_at: Time,
    /// When it was itself taken back.
    pub revoked_at: Option<Time>,
    /// When its holder gave it up.
    pub relinquished_at: Option<Time>,
    /// The entry that says either.
    pub ended_seq: Option<u64>,
}

/// Which grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GrantFilter {
    /// Given by this principal.
    pub issuer: Option<PrincipalId>,
    /// Held by this one.
    pub holder: Option<PrincipalId>,
}

/// A command about which policy sets in shadow said something else than what counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDifferenceRow {
    /// The entry that recorded it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// What the command brought about.
    pub subject: Option<AnyId>,
    /// What counted.
    pub enforced: Verdict,
    /// The sets that said otherwise, and what.
    pub differs: Vec<(PolicySetId, Verdict)>,
}

/// Which callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallbackFilter {
    /// Any.
    #[default]
    All,
    /// Those that are not over.
    Open,
    /// Those of which this became.
    Ended(Delivery),
}

/// Somebody who wants to be told of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackRow {
    /// The entry that asked for it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// What is waited for.
    pub subject: AnyId,
    /// Who wants to be told.
    pub by: PrincipalId,
    /// What became of it, once it is over.
    pub ended: Option<CallbackEnd>,
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackEnd {
    /// When.
    pub at: Time,
    /// Whether the receiver took it.
    pub delivery: Delivery,
    /// How often it was sent.
    pub tries: u8,
    /// The last status that was answered.
    pub status: Option<u16>,
}

/// What is known of somebody's work at one skill, in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReputationRow {
    /// The label of the skill.
    pub label: Label,
    /// The skill's id, if some agent's public card spells it.
    pub skill: Option<String>,
    /// In which role.
    pub side: Side,
    /// Tasks settled with every milestone paid.
    pub completed: u64,
    /// Tasks settled with a milestone refused.
    pub failed: u64,
    /// How often it was rated.
    pub ratings: u64,
    /// The mean rating in thousandths of a star, if there is one.
    pub mean_milli: Option<u64>,
}
