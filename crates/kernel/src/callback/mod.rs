//! Callbacks: somebody who waits wants to be told at an address of their own how it ended.
//!
//! One is asked for with what is waited for: a request for approval, an action, an evaluation. It becomes
//! due with the entry that ends that, and leaves the state when the node says that it was delivered, or
//! that it never will be. How often the node tried in between is no part of what happened.
//!
//! Deliberately absent: the address, which lies in the vault, and the sending, which is the node's.

use std::collections::BTreeMap;

use hansa_types::governance::ApprovalState;
use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::action::Stage;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{CALLBACKS_MAX, CALLBACKS_PER_PRINCIPAL_MAX};
use crate::principal::Handle;

/// Say what became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndCallback {
    /// What was waited for.
    pub subject: AnyId,
    /// What became of it.
    pub outcome: Delivery,
    /// How often it was tried.
    pub tries: u8,
    /// The last status that was answered, if anything was.
    pub status: Option<u16>,
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The receiver took it.
    Delivered,
    /// It was tried as often as it is, or the receiver wants none, or its address was erased.
    Dead,
}

/// Data of `callback.asked`. The entry's subject is what is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackAsked {
    /// Salted digest of the address.
    pub url: Digest,
}

/// Data of `callback.ended`. The entry's subject is what was waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackEnded {
    /// What became of it.
    pub delivery: Delivery,
    /// How often it was tried.
    pub tries: u8,
    /// The last status that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// How it ended, what was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// A request was approved.
    Approved,
    /// It was rejected.
    Rejected,
    /// Nobody spoke in time.
    Expired,
    /// It is void: what it was asked for ended first.
    Void,
    /// An action was carried out.
    Done,
    /// It was not, or not evaluated.
    Failed,
    /// Nobody can say.
    OutcomeUnknown,
    /// Policy has said what it says.
    Evaluated,
}

impl End {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            End::Approved => "approved",
            End::Rejected => "rejected",
            End::Expired => "expired",
            End::Void => "void",
            End::Done => "done",
            End::Failed => "failed",
            End::OutcomeUnknown => "outcome_unknown",
            End::Evaluated => "evaluated",
        }
    }

    /// How a request for approval ended.
    pub fn of_approval(state: ApprovalState) -> Option<Self> {
        match state {
            ApprovalState::Pending => None,
            ApprovalState::Approved | ApprovalState::Used => Some(End::Approved),
            ApprovalState::Rejected => Some(End::Rejected),
            ApprovalState::Expired => Some(End::Expired),
            ApprovalState::Void => Some(End::Void),
        }
    }

    /// How an action ended.
    pub fn of_action(stage: Stage) -> Option<Self> {
        match stage {
            Stage::Started | Stage::Claimed => None,
            Stage::Done => Some(End::Done),
            Stage::Failed => Some(End::Failed),
            Stage::OutcomeUnknown => Some(End::OutcomeUnknown),
        }
    }
}

/// The moment at which what was waited for ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// How.
    pub end: End,
    /// When.
    pub at: Time,
    /// The entry that says so.
    pub seq: u64,
}

/// What the state keeps of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Who wants to be told.
    pub by: Handle,
    /// How it ended, what is waited for; nothing while it goes on.
    pub ended: Option<Ended>,
}

/// A callback whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What was waited for.
    pub subject: AnyId,
    /// Who wants to be told.
    pub by: PrincipalId,
    /// How it ended.
    pub ended: Ended,
}

/// All callbacks that were asked for and have not ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Callbacks {
    by_subject: BTreeMap<AnyId, Callback>,
    counts: BTreeMap<Handle, u32>,
}

impl Callbacks {
    /// The callback for something.
    pub fn get(&self, subject: AnyId) -> Option<&Callback> {
        self.by_subject.get(&subject)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_subject.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_subject.is_empty()
    }
}

impl State {
    /// The callbacks whose time has come.
    pub fn callbacks_due(&self) -> impl Iterator<Item = Due> {
        self.callbacks.by_subject.iter().filter_map(|(&subject, callback)| {
            let by = self.principals.get(callback.by).id;
            callback.ended.map(|ended| Due { subject, by, ended })
        })
    }

    /// Notes how something ended, for whoever wants to be told. What ends twice is told once.
    pub(crate) fn note_end(&mut self, subject: AnyId, end: Option<End>) {
        let (at, seq) = (self.now, self.seq);
        let Some(callback) = self.callbacks.by_subject.get_mut(&subject) else { return };
        if let (None, Some(end)) = (callback.ended, end) {
            callback.ended = Some(Ended { end, at, seq });
        }
    }

    /// How something ended by now.
    fn end_of(&self, subject: AnyId) -> Option<End> {
        match subject {
            AnyId::ApprovalRequest(id) => End::of_approval(self.clearance.request(id)?.state),
            AnyId::Action(id) => End::of_action(self.actions.get(id)?.stage),
            AnyId::PolicyEvaluation(id) => {
                self.policies.awaited(id).is_none().then_some(End::Evaluated)
            }
            _ => None,
        }
    }
}

/// Asks for a callback, behind the entries of what is waited for.
pub(crate) fn ask(
    permit: &Permit<'_>,
    subject: AnyId,
    url: Option<Digest>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let Some(url) = url else { return Ok(()) };
    let state = permit.state();
    let by = state.principal(permit.caller().principal.ok_or(Code::Forbidden)?)?;
    let waiting = state.callbacks.counts.get(&by).copied().unwrap_or_default();
    if waiting >= CALLBACKS_PER_PRINCIPAL_MAX || state.callbacks.len() >= CALLBACKS_MAX {
        return Err(Rejection::new(Code::StateFull, "too many callbacks wait; poll instead"));
    }
    let event = Event::CallbackAsked(CallbackAsked { url });
    out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(subject));
    Ok(())
}

impl Rules for EndCallback {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let callback = permit.state().callbacks.get(self.subject).ok_or(Code::NotFound)?;
        if callback.ended.is_none() {
            return Err(Rejection::new(Code::TaskState, "its time has not come"));
        }
        let ended =
            CallbackEnded { delivery: self.outcome, tries: self.tries, status: self.status };
        let event = Event::CallbackEnded(ended);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.subject));
        Ok(())
    }
}

pub(crate) fn apply_asked(state: &mut State, entry: &Entry, _: &CallbackAsked) {
    let (Some(subject), Some(actor)) = (entry.subject, entry.actor) else {
        panic!("callback.asked names what is waited for, and somebody asked");
    };
    let by = state.handle(actor);
    let before = state.callbacks.by_subject.insert(subject, Callback { by, ended: None });
    if before.is_none() {
        *state.callbacks.counts.entry(by).or_default() += 1;
    }
    // What is done in one step has ended already.
    let end = state.end_of(subject);
    state.note_end(subject, end);
}

pub(crate) fn apply_ended(state: &mut State, entry: &Entry, _: &CallbackEnded) {
    let Some(subject) = entry.subject else { panic!("callback.ended names what was waited for") };
    let Some(callback) = state.callbacks.by_subject.remove(&subject) else {
        panic!("callback.ended follows callback.asked");
    };
    let count = state.callbacks.counts.entry(callback.by).or_default();
    *count = count.saturating_sub(1);
    if *count == 0 {
        state.callbacks.counts.remove(&callback.by);
    }
}
