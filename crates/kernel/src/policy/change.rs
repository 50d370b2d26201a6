//! Activating, deprecating and revoking a policy set, and setting its mode.
//!
//! Whatever lets more through than before takes two people: the first asks, and the change waits;
//! the second asks for the same. An enforced set is weakened by a lesser mode, by its end, and by
//! another version in its place, whatever that one says. Two people are two principals that are
//! persons and that nobody controls both: whoever controls a principal can make keys for it.

use hansa_types::{Code, PolicySetId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::create::id;
use super::{Engine, Mode, PendingChange, PolicySet, Stage};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{POLICY_CHANGE_WAITS, POLICY_REVOKED_REMEMBERED, POLICY_SETS_ASKED_MAX};
use crate::principal::{Handle, Kind};

/// Put a set in force, in the place of the active one of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activate {
    /// Which set.
    pub id: PolicySetId,
}

/// Ask a set no longer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecate {
    /// Which set.
    pub id: PolicySetId,
}

/// End a set for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoke {
    /// Which set.
    pub id: PolicySetId,
}

/// Say how much a set counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetMode {
    /// Which set.
    pub id: PolicySetId,
    /// How much.
    pub mode: Mode,
}

/// A change that takes two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Put it in the place of an enforced one.
    Activate,
    /// Ask it no longer.
    Deprecate,
    /// End it.
    Revoke,
    /// Set it to shadow.
    ModeShadow,
    /// Set it to off.
    ModeOff,
}

impl Change {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Activate => "activate",
            Change::Deprecate => "deprecate",
            Change::Revoke => "revoke",
            Change::ModeShadow => "mode_shadow",
            Change::ModeOff => "mode_off",
        }
    }
}

/// Data of `policy_set.change_requested`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequested {
    /// Which change waits for its second person.
    pub change: Change,
    /// Until when.
    pub expires: Time,
}

/// Data of `policy_set.activated`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activated {
    /// The set in whose place it stands, which is deprecated thereby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<PolicySetId>,
    /// Who asked first, where it took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<PrincipalId>,
}

/// Data of `policy_set.deprecated`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deprecated {
    /// Who asked first, where it took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<PrincipalId>,
}

/// Data of `policy_set.revoked`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// Who asked first, where it took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<PrincipalId>,
}

/// Data of `policy_set.mode_set`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeSet {
    /// How much it counts from now on.
    pub mode: Mode,
    /// Who asked first, where it took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<PrincipalId>,
}

/// Whether a change may be carried out now.
enum Consent {
    /// It may; the first of two people where it took two.
    Given(Option<PrincipalId>),
    /// Another person has to ask for the same. The draft says so.
    Waits,
}

fn known(state: &State, id: PolicySetId) -> Result<&PolicySet, Rejection> {
    state.policies.get(id).ok_or_else(|| Code::NotFound.into())
}

fn wrong_stage(detail: &'static str) -> Result<(), Rejection> {
    Err(Rejection::new(Code::PolicySetState, detail))
}

impl Rules for Activate {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let set = known(state, self.id)?;
        if set.stage != Stage::Draft {
            return wrong_stage("only a draft is activated; make a new set for another version");
        }
        if state.policies.asked.len() >= POLICY_SETS_ASKED_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 64 policy sets are asked"));
        }
        let supersedes = state.policies.active_named(&set.name);
        let replaced = supersedes.and_then(|id| state.policies.get(id));
        if set.engine == Engine::Record && replaced.is_some_and(|s| s.engine != Engine::Record) {
            return wrong_stage("a set of this name decides; a record takes no such place");
        }
        let weakened = replaced.filter(|replaced| replaced.is_enforced());
        let consent = match weakened {
            Some(_) => consent(permit, ctx, (self.id, Change::Activate), out)?,
            None => Consent::Given(None),
        };
        if let Consent::Given(requested_by) = consent {
            let event = Event::PolicySetActivated(Activated { supersedes, requested_by });
            out.push(Draft::new(self.id, Vis::Public, event));
        }
        Ok(())
    }
}

impl Rules for Deprecate {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let set = known(permit.state(), self.id)?;
        if set.stage != Stage::Active {
            return wrong_stage("only an active set is deprecated");
        }
        let consent = end_consent(permit, ctx, (self.id, Change::Deprecate), out)?;
        if let Consent::Given(requested_by) = consent {
            let event = Event::PolicySetDeprecated(Deprecated { requested_by });
            out.push(Draft::new(self.id, Vis::Public, event));
        }
        Ok(())
    }
}

impl Rules for Revoke {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let set = known(permit.state(), self.id)?;
        if set.stage == Stage::Revoked {
            return wrong_stage("the set is revoked already");
        }
        let consent = end_consent(permit, ctx, (self.id, Change::Revoke), out)?;
        if let Consent::Given(requested_by) = consent {
            let event = Event::PolicySetRevoked(Revoked { requested_by });
            out.push(Draft::new(self.id, Vis::Public, event));
        }
        Ok(())
    }
}

impl Rules for SetMode {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let set = known(permit.state(), self.id)?;
        if !matches!(set.stage, Stage::Draft | Stage::Active) {
            return wrong_stage("the set is not in force any more");
        }
        if set.mode == self.mode {
            return wrong_stage("the set has this mode already");
        }
        if set.engine == Engine::Record {
            return wrong_stage("the set is a record and decides nothing in any mode");
        }
        let change = match self.mode {
            Mode::Off => Some(Change::ModeOff),
            Mode::Shadow => Some(Change::ModeShadow),
            Mode::Enforce => None,
        };
        let weakens = set.stage == Stage::Active && self.mode < set.mode;
        let consent = match change.filter(|_| weakens) {
            Some(change) => consent(permit, ctx, (self.id, change), out)?,
            None => Consent::Given(None),
        };
        if let Consent::Given(requested_by) = consent {
            let event = Event::PolicySetModeSet(ModeSet { mode: self.mode, requested_by });
            out.push(Draft::new(self.id, Vis::Public, event));
        }
        Ok(())
    }
}

/// The end of a set that is enforced takes two people.
fn end_consent(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    change: (PolicySetId, Change),
    out: &mut Vec<Draft>,
) -> Result<Consent, Rejection> {
    match permit.state().policies.get(change.0).is_some_and(PolicySet::is_enforced) {
        true => consent(permit, ctx, change, out),
        false => Ok(Consent::Given(None)),
    }
}

/// The second of two people carries a change out; the first leaves a request behind.
fn consent(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    (id, change): (PolicySetId, Change),
    out: &mut Vec<Draft>,
) -> Result<Consent, Rejection> {
    let state = permit.state();
    let person = permit
        .caller()
        .principal
        .and_then(|caller| state.principals.find(caller))
        .filter(|&handle| state.principals.status(handle).kind == Kind::Person);
    let Some(person) = person else {
        return Err(Rejection::new(Code::SecondPersonRequired, "only people weaken policy"));
    };
    let pending = state.policies.get(id).and_then(|set| set.pending);
    let waiting = pending.filter(|p| {
        p.change == change && p.until > ctx.now && state.principals.status(p.by).active
    });
    match waiting {
        Some(first) if are_two(state, first.by, person) => {
            Ok(Consent::Given(Some(state.principals.get(first.by).id)))
        }
        Some(_) => Err(Code::SecondPersonRequired.into()),
        None => {
            let expires = ctx.now.after(POLICY_CHANGE_WAITS);
            let event = Event::PolicySetChangeRequested(ChangeRequested { change, expires });
            out.push(Draft::new(id, Vis::Public, event));
            Ok(Consent::Waits)
        }
    }
}

/// Whether two principals are two people, and nobody stands behind both.
fn are_two(state: &State, one: Handle, other: Handle) -> bool {
    behind(state, one) != behind(state, other)
}

/// Who controls a principal in the end. A controller is older than what it controls, so this ends.
fn behind(state: &State, mut handle: Handle) -> Handle {
    while let Some(controller) = state.principals.get(handle).controller {
        handle = controller;
    }
    handle
}

pub(crate) fn apply_change_requested(state: &mut State, entry: &Entry, asked: &ChangeRequested) {
    let Some(actor) = entry.actor else { panic!("somebody asks for a change of policy") };
    let by = state.handle(actor);
    let pending = PendingChange { change: asked.change, by, until: asked.expires };
    state.policies.change(id(entry), |set| set.pending = Some(pending));
}

pub(crate) fn apply_activated(state: &mut State, entry: &Entry, activated: &Activated) {
    if let Some(before) = activated.supersedes {
        state.policies.change(before, |set| (set.stage, set.pending) = (Stage::Deprecated, None));
    }
    state.policies.change(id(entry), |set| (set.stage, set.pending) = (Stage::Active, None));
}

pub(crate) fn apply_deprecated(state: &mut State, entry: &Entry, _: &Deprecated) {
    state.policies.change(id(entry), |set| (set.stage, set.pending) = (Stage::Deprecated, None));
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &Revoked) {
    let id = id(entry);
    state.policies.change(id, |set| (set.stage, set.pending) = (Stage::Revoked, None));
    state.leaving.insert((entry.ts.after(POLICY_REVOKED_REMEMBERED), Leaving::PolicySet(id)));
}

pub(crate) fn apply_mode_set(state: &mut State, entry: &Entry, set_to: &ModeSet) {
    state.policies.change(id(entry), |set| (set.mode, set.pending) = (set_to.mode, None));
}
