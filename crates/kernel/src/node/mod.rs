//! The node itself: how its journal begins, and its view of time.

mod key;

use hansa_crypto::keys::PublicKey;
use hansa_types::{Amount, Code, Currency, IncarnationId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::format::FORMAT;
use crate::principal::{Handle, Kind, Principal};
use crate::transfer::{CurrencyCreated, FeeRule, nothing};

pub(crate) use key::apply_key_rotated;
pub use key::{NodeKeyRotated, RotateNodeKey, rotation_text};

/// Whether a node issues money of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Mints and burns its own currency.
    Sovereign,
    /// Holds only currencies that other nodes issue.
    Satellite,
}

/// Begin the journal: valid once, as its first command.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The node's own principal.
    pub id: PrincipalId,
    /// The node's key.
    pub key: PublicKey,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// Whether the node issues money.
    pub mode: Mode,
    /// The format in which the journal begins: this release's, or an earlier one to be raised later.
    pub format: u32,
    /// The node's main currency.
    pub currency: Currency,
    /// The fee on transfers in it.
    pub fee: FeeRule,
    /// What a new agent receives; zero for nothing.
    pub genesis_grant: Amount,
}

/// Data of `node.founded`. The entry's id is the node's principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founded {
    /// The node's key.
    pub key: PublicKey,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// Whether the node issues money.
    pub mode: Mode,
    /// The format in which the journal begins.
    pub format: u32,
    /// What a new agent receives in the first currency.
    #[serde(default, skip_serializing_if = "nothing")]
    pub genesis_grant: Amount,
}

/// What the state keeps of the node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The node's principal, whose main account is the treasury.
    pub id: PrincipalId,
    /// The node's key.
    pub key: PublicKey,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// Whether the node issues money.
    pub mode: Mode,
    /// What a new agent receives in the first currency.
    pub genesis_grant: Amount,
    /// Whether an owner exists.
    pub owned: bool,
    /// Where the node's principal is.
    pub handle: Handle,
    /// When this run of the journal began from a backup; nothing for the first.
    pub restored: Option<Time>,
    /// The journal's format: what of this release's kinds it may hold.
    pub format: u32,
}

/// Accept a jump of the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptClock {
    /// How far the wall clock jumped against the monotonic one, in milliseconds, as measured.
    pub jump_ms: i64,
}

/// Data of `clock.accepted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockAccepted {
    /// The accepted jump in milliseconds.
    pub jump_ms: i64,
}

/// Go on from a backup as another run of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// Which run begins.
    pub incarnation: IncarnationId,
}

/// Data of `node.restored`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// Which run began.
    pub incarnation: IncarnationId,
}

/// Let the journal hold what this release writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseFormat {
    /// The format from now on.
    pub format: u32,
}

/// Data of `node.format_raised`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatRaised {
    /// The format from now on.
    pub format: u32,
}

impl Rules for RaiseFormat {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let present = permit.state().node()?.format;
        if self.format <= present || self.format > FORMAT {
            let detail = format!("format: above {present}, at most {FORMAT}");
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        let raised = Event::NodeFormatRaised(FormatRaised { format: self.format });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, raised));
        Ok(())
    }
}

pub(crate) fn apply_format_raised(state: &mut State, _: &Entry, raised: &FormatRaised) {
    let Some(node) = state.node.as_mut() else { panic!("the first entry founds the node") };
    node.format = raised.format;
}

impl Rules for Restore {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if permit.state().node()?.incarnation == self.incarnation {
            return Err(Rejection::new(Code::InvalidField, "incarnation: it is the present one"));
        }
        let restored = Event::NodeRestored(Restored { incarnation: self.incarnation });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, restored));
        Ok(())
    }
}

pub(crate) fn apply_restored(state: &mut State, entry: &Entry, restored: &Restored) {
    let Some(node) = state.node.as_mut() else { panic!("the first entry founds the node") };
    (node.incarnation, node.restored) = (restored.incarnation, Some(entry.ts));
}

impl Rules for Found {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if permit.state().node.is_some() {
            return Err(Rejection::new(Code::AlreadySetUp, "the journal has begun already"));
        }
        if !(1..=FORMAT).contains(&self.format) {
            return Err(Rejection::new(Code::InvalidField, "format: 1 to this release's"));
        }
        if self.currency.scale > Currency::SCALE_MAX {
            return Err(Rejection::new(Code::InvalidField, "scale: 0 to 18"));
        }
        let founded = Founded {
            key: self.key,
            incarnation: self.incarnation,
            mode: self.mode,
            format: self.format,
            genesis_grant: self.genesis_grant,
        };
        out.push(Draft::new(self.id, Vis::Public, Event::NodeFounded(founded)));
        let currency = CurrencyCreated {
            code: self.currency.code,
            scale: self.currency.scale,
            own: self.mode == Mode::Sovereign,
            fee: self.fee,
        };
        out.push(Draft::entry(Vis::Public, Event::CurrencyCreated(currency)));
        Ok(())
    }
}

impl Rules for AcceptClock {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        _: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let accepted = ClockAccepted { jump_ms: self.jump_ms };
        out.push(Draft::new(ctx.entry_id(), Vis::Node, Event::ClockAccepted(accepted)));
        Ok(())
    }
}

pub(crate) fn apply_founded(state: &mut State, entry: &Entry, founded: &Founded) {
    let hansa_types::AnyId::Principal(id) = entry.id else {
        panic!("node.founded carries the node's principal as its id");
    };
    let principal = Principal::new(id, founded.key, None, entry.ts);
    let handle = state.principals.insert(Kind::Node, principal);
    state.node = Some(Node {
        id,
        key: founded.key,
        incarnation: founded.incarnation,
        mode: founded.mode,
        genesis_grant: founded.genesis_grant,
        owned: false,
        handle,
        restored: None,
        format: founded.format,
    });
}
