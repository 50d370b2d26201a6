//! Funding: an agent asks the node for money, and the owner mints it or does not.
//!
//! A request holds an amount and nothing of why. It is open until it is decided, and remembered
//! for some time after that, so that whoever asked can see the answer.

use std::collections::BTreeMap;

use hansa_types::{
    Amount, AnyId, Code, CurrencyCode, FundingId, PrincipalId, Rejection, Time, Vis,
};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{FUNDING_REMEMBERED, FUNDINGS_PER_PRINCIPAL_MAX};
use crate::principal::Handle;
use crate::transfer::{Minted, mint_into, own_currency};

/// Ask for money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The id the request shall have.
    pub id: FundingId,
    /// Who shall receive it.
    pub principal: PrincipalId,
    /// In which currency of this node's own.
    pub currency: CurrencyCode,
    /// How much.
    pub amount: Amount,
}

/// Mint what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    /// Which request.
    pub id: FundingId,
}

/// Decline a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Which request.
    pub id: FundingId,
}

/// Data of `funding.requested`. The entry's id is the request, its subject who shall receive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requested {
    /// How much.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
}

/// Data of `funding.approved`. The entry's id is the request, its subject who receives; the money
/// itself is minted by the entry behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {}

/// Data of `funding.rejected`. The entry's id is the request, its subject who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody has decided it.
    Open,
    /// The money was minted.
    Approved,
    /// It was declined.
    Rejected,
}

/// What the state keeps of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funding {
    /// Who shall receive.
    pub principal: Handle,
    /// In which currency.
    pub currency: CurrencyCode,
    /// How much.
    pub amount: Amount,
    /// When it was asked for.
    pub requested: Time,
    /// The entry that recorded it.
    pub seq: u64,
    /// Where it stands.
    pub stage: Stage,
    /// When it was decided.
    pub decided: Option<Time>,
}

/// All requests by id, and how many of each principal are open.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Fundings {
    all: BTreeMap<FundingId, Funding>,
    open: BTreeMap<Handle, u32>,
}

impl Fundings {
    /// A request.
    pub fn get(&self, id: FundingId) -> Option<&Funding> {
        self.all.get(&id)
    }

    /// All requests in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FundingId, &Funding)> {
        self.all.iter().map(|(id, funding)| (*id, funding))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A request that nobody has decided.
    fn open(&self, id: FundingId) -> Result<&Funding, Rejection> {
        let funding = self.all.get(&id).ok_or(Code::NotFound)?;
        match funding.stage {
            Stage::Open => Ok(funding),
            Stage::Approved | Stage::Rejected => Err(Code::FundingDecided.into()),
        }
    }

    pub(crate) fn forget(&mut self, id: FundingId) {
        self.all.remove(&id);
    }
}

impl Rules for Ask {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.principal(self.principal)?;
        own_currency(state, self.currency)?;
        if self.amount == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        let open = state.fundings.open.get(&handle).copied().unwrap_or_default();
        if open >= FUNDINGS_PER_PRINCIPAL_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 10 funding requests are open"));
        }
        if state.fundings.all.contains_key(&self.id) {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a request already"));
        }
        let requested = Requested { amount: self.amount, currency: self.currency };
        let event = Event::FundingRequested(requested);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

impl Rules for Approve {
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
        let funding = state.fundings.open(self.id)?;
        let to = state.principals.get(funding.principal).id;
        let event = Event::FundingApproved(Approved {});
        out.push(Draft::new(self.id, Vis::Parties, event).about(to));
        let (amount, currency) = (funding.amount, funding.currency);
        mint_into(state, ctx, to, Minted { amount, currency, grant: permit.grant() }, out)
    }
}

impl Rules for Reject {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let funding = state.fundings.open(self.id)?;
        let asker = state.principals.get(funding.principal).id;
        let event = Event::FundingRejected(Rejected {});
        out.push(Draft::new(self.id, Vis::Parties, event).about(asker));
        Ok(())
    }
}

pub(crate) fn apply_requested(state: &mut State, entry: &Entry, requested: &Requested) {
    let Some(AnyId::Principal(principal)) = entry.subject else {
        panic!("funding.requested names who shall receive");
    };
    let principal = state.handle(principal);
    let funding = Funding {
        principal,
        currency: requested.currency,
        amount: requested.amount,
        requested: entry.ts,
        seq: entry.seq,
        stage: Stage::Open,
        decided: None,
    };
    state.fundings.all.insert(id(entry), funding);
    *state.fundings.open.entry(principal).or_default() += 1;
}

pub(crate) fn apply_approved(state: &mut State, entry: &Entry, _: &Approved) {
    close(state, entry, Stage::Approved);
}

pub(crate) fn apply_rejected(state: &mut State, entry: &Entry, _: &Rejected) {
    close(state, entry, Stage::Rejected);
}

fn close(state: &mut State, entry: &Entry, stage: Stage) {
    let id = id(entry);
    let Some(funding) = state.fundings.all.get_mut(&id) else { return };
    (funding.stage, funding.decided) = (stage, Some(entry.ts));
    let principal = funding.principal;
    let left = state.fundings.open.get(&principal).copied().unwrap_or_default().saturating_sub(1);
    match left {
        0 => _ = state.fundings.open.remove(&principal),
        left => _ = state.fundings.open.insert(principal, left),
    }
    state.leaving.insert((entry.ts.after(FUNDING_REMEMBERED), Leaving::Funding(id)));
}

fn id(entry: &Entry) -> FundingId {
    match entry.id {
        AnyId::Funding(id) => id,
        _ => panic!("{} carries the request as its id", entry.event.kind()),
    }
}
