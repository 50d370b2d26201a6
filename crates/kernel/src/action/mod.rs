//! Actions: what is done through the gate, once, with everything it rests on.
//!
//! An envelope names a task, the authority and the artifacts of one act. All of it is checked in one
//! step with the act itself where the node carries it out (a native operation), and with
//! `effect.started` where something outside does: that entry is durable before the first byte
//! leaves, so that what was started is known whatever happens. An effect that was started and not
//! finished is never begun again by itself; when nobody can say what became of it, `outcome_unknown`
//! says so.
//!
//! Deliberately absent: the parameters of an act. They lie in the vault; the entry keeps their
//! digest, which is also what an approval is bound to.

mod check;
mod finish;
mod refuse;
mod submit;

use std::collections::BTreeMap;
use std::str::FromStr;

use hansa_types::{
    ActionId, Amount, Code, CurrencyCode, Digest, GrantId, PrincipalId, ReceiptId, Rejection,
    TaskId, Time,
};
use serde::{Deserialize, Serialize};

pub use check::Checked;
pub use finish::{Claim, Claimed, Doubt, DoubtReason, Finish, Finished, Outcome, OutcomeUnknown};
pub(crate) use finish::{apply_claimed, apply_finished, apply_outcome_unknown};
pub(crate) use refuse::apply_refused;
pub use refuse::{RefusalNote, Refusals, Refused};
pub(crate) use submit::apply_started;
pub use submit::{Act, References, Started, Submit};

use crate::grant::Action as Pattern;
use crate::principal::Handle;

/// The name of what an act calls: a tool's name or the id of a native operation. Grants name it in
/// their patterns of actions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ToolName(Pattern);

impl ToolName {
    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for ToolName {
    type Err = Rejection;
    fn from_str(text: &str) -> Result<Self, Rejection> {
        let wrong = || Rejection::new(Code::InvalidField, "tool: a name such as approve_payment");
        match text.parse::<Pattern>() {
            Ok(pattern) if !text.ends_with('*') => Ok(Self(pattern)),
            _ => Err(wrong()),
        }
    }
}

impl<'de> Deserialize<'de> for ToolName {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let text = String::deserialize(d)?;
        text.parse().map_err(|refusal: Rejection| D::Error::custom(refusal.detail))
    }
}

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The tool, or the native operation.
    pub tool: ToolName,
    /// SHA-256 of the canonical JSON of `{"params":…,"tool":…,"type":…}`.
    pub digest: Digest,
    /// The money it moves, if any.
    pub money: Option<Money>,
    /// Whom it concerns besides the caller, if that is a principal of this node.
    pub counterparty: Option<PrincipalId>,
    /// What its parameters call the other side, for policy alone.
    pub counterparty_name: Option<Box<str>>,
    /// Its parameters as canonical JSON, for policy alone.
    pub parameters: Option<Box<str>>,
}

/// An amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Of what.
    pub currency: CurrencyCode,
    /// How much.
    pub amount: Amount,
}

/// Who carries an act out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executor {
    /// This node, in the same step.
    Native,
    /// A service that the operator lists, called by this node over HTTP.
    Http,
    /// A tool of an MCP server that the operator lists, called by this node.
    Mcp,
    /// Somebody else, who posts the receipt.
    External,
}

impl Executor {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Executor::Native => "native",
            Executor::Http => "http",
            Executor::Mcp => "mcp",
            Executor::External => "external",
        }
    }

    /// Whether this node sends something out to have it done.
    pub fn is_service(self) -> bool {
        matches!(self, Executor::Http | Executor::Mcp)
    }
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Allowed, recorded, and perhaps under way.
    Started,
    /// Somebody outside has taken it to carry it out, once.
    Claimed,
    /// Carried out.
    Done,
    /// Not carried out: whoever should have done it says so, or nothing was sent.
    Failed,
    /// Nobody can say.
    OutcomeUnknown,
}

impl Stage {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Started => "started",
            Stage::Claimed => "claimed",
            Stage::Done => "done",
            Stage::Failed => "failed",
            Stage::OutcomeUnknown => "outcome_unknown",
        }
    }

    /// Whether nothing changes it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Stage::Done | Stage::Failed)
    }
}

/// What the state keeps of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The task it is part of.
    pub task: TaskId,
    /// Who asked for it.
    pub caller: Handle,
    /// What it calls.
    pub tool: String,
    /// Digest of the call.
    pub call: Digest,
    /// Who carries it out.
    pub executor: Executor,
    /// Who that is, where it is somebody outside.
    pub by: Handle,
    /// The grant it is done under.
    pub grant: Option<GrantId>,
    /// Where it stands.
    pub stage: Stage,
    /// The entry that started it.
    pub started_seq: u64,
    /// When.
    pub started: Time,
    /// The entry that says how it ended, or that nobody knows.
    pub ended_seq: Option<u64>,
    /// When it comes due without an end.
    pub due: Option<Time>,
}

/// All actions by id, open or within their time of remembrance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Actions(BTreeMap<ActionId, Action>);

impl Actions {
    /// An action.
    pub fn get(&self, id: ActionId) -> Option<&Action> {
        self.0.get(&id)
    }

    /// An action, or the refusal that there is none.
    pub fn find(&self, id: ActionId) -> Result<&Action, Rejection> {
        self.get(id).ok_or_else(|| Code::ActionUnknown.into())
    }

    /// All of them in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (ActionId, &Action)> {
        self.0.iter().map(|(id, action)| (*id, action))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What this node began outside and has no answer to.
    pub fn unanswered(&self) -> impl Iterator<Item = (ActionId, &Action)> {
        self.iter()
            .filter(|(_, action)| action.executor.is_service() && action.stage == Stage::Started)
    }

    pub(crate) fn insert(&mut self, id: ActionId, action: Action) {
        self.0.insert(id, action);
    }

    pub(crate) fn get_mut(&mut self, id: ActionId) -> &mut Action {
        self.0.get_mut(&id).unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
    }

    pub(crate) fn forget(&mut self, id: ActionId) {
        self.0.remove(&id);
    }
}

/// The receipt of an action: the same digits under another prefix.
pub fn receipt_of(action: ActionId) -> ReceiptId {
    ReceiptId(action.0)
}

/// The action of a receipt.
pub fn action_of(receipt: ReceiptId) -> ActionId {
    ActionId(receipt.0)
}
