//! Pending transfers: money set aside, then posted in one or more parts, voided or expired.
//!
//! The fee is computed once on the whole and set aside with it. Each part takes its share of the
//! fee, rounded down; the last part takes the rest. The payer posts, the payee voids, and what is
//! neither posted nor voided in time goes back by itself. A task's money follows the task alone.

use hansa_types::{
    Amount, AnyId, Code, CurrencyCode, GrantId, PrincipalId, Rejection, TaskId, Time, TransferId,
    Vis,
};
use serde::{Deserialize, Serialize};

use super::create::{Posted, nothing};
use super::ledger::{AccountKey, CurrencyIndex, Role};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Due;
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::charge;
use crate::principal::Handle;

/// Post a pending transfer. The payer releases what it set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Which.
    pub id: TransferId,
    /// How much of it; everything that is left if unsaid.
    pub amount: Option<Amount>,
}

/// Void a pending transfer. The payee gives up what was set aside for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// Which.
    pub id: TransferId,
}

/// Data of `transfer.pending`. The entry's id is the transfer, its subject the payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// Who pays, when it is not the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalId>,
    /// What is set aside for the payee.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// What is set aside for the fee.
    #[serde(default, skip_serializing_if = "nothing")]
    pub fee: Amount,
    /// When it goes back by itself.
    pub expires: Time,
    /// The task whose money it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The grant under which somebody else than the payer did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

/// Why money that was set aside went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoidReason {
    /// A party gave it up.
    Voided,
    /// Its time ran out.
    Expired,
    /// The task was revoked.
    Revoked,
    /// A claim on it was refused.
    Refused,
}

/// Data of `transfer.voided`. The entry's subject is the pending transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voided {
    /// What went back of the amount.
    pub amount: Amount,
    /// What went back of the fee.
    #[serde(default, skip_serializing_if = "nothing")]
    pub fee: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// Why.
    pub reason: VoidReason,
}

/// What the state keeps of a pending transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldTransfer {
    /// Who pays.
    pub payer: Handle,
    /// Who is paid.
    pub payee: Handle,
    /// In which currency.
    pub currency: CurrencyIndex,
    /// What is set aside for the payee still.
    pub amount: Amount,
    /// What is set aside for the fee still.
    pub fee: Amount,
    /// The amount it began with.
    pub amount_whole: Amount,
    /// The fee it began with.
    pub fee_whole: Amount,
    /// When it goes back by itself.
    pub expires: Time,
    /// The task whose money it is.
    pub task: Option<TaskId>,
    /// The grant that was charged when it was set aside.
    pub grant: Option<GrantId>,
}

impl HeldTransfer {
    /// The fee on a part: pro rata of the whole, and all that is left with the last part.
    fn fee_on(&self, part: Amount) -> Amount {
        if part == self.amount {
            return self.fee;
        }
        pro_rata(self.fee_whole, part, self.amount_whole)
    }
}

/// `fee × part ÷ whole`, rounded down, of a part that is less than the whole: long multiplication
/// and division in one, because the product may not fit.
fn pro_rata(fee: Amount, part: Amount, whole: Amount) -> Amount {
    let carry = |quotient: u128, rest: u128, more: u128| match rest.checked_sub(whole.0 - more) {
        Some(over) => (quotient + 1, over),
        None => (quotient, rest + more),
    };
    // After each bit of the fee, `quotient × whole + rest` is what was read of it times the part.
    let (mut quotient, mut rest) = (0u128, 0u128);
    for bit in (0..u128::BITS - fee.0.leading_zeros()).rev() {
        (quotient, rest) = carry(quotient << 1, rest, rest);
        if (fee.0 >> bit) & 1 == 1 {
            (quotient, rest) = carry(quotient, rest, part.0);
        }
    }
    Amount(quotient)
}

/// The posting of a part of a pending transfer.
pub(crate) fn release_draft(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    id: TransferId,
    part: Amount,
) -> Result<Draft, Rejection> {
    let state = permit.state();
    let held = state.held.get(&id).ok_or(Code::TransferNotPending)?;
    let payer = Some(state.principals.get(held.payer).id);
    let posted = Posted {
        from: payer.filter(|_| payer != permit.caller().principal),
        amount: part,
        currency: state.ledger.currency_state(held.currency).currency.code,
        fee: held.fee_on(part),
        of: Some(id),
        grant: permit.grant().filter(|_| permit.grant() != held.grant),
    };
    let payee = state.principals.get(held.payee).id;
    let posting = TransferId::new(ctx.now.0, ctx.entropy());
    Ok(Draft::new(posting, Vis::Parties, Event::TransferPosted(posted)).about(payee))
}

/// The return of a part of a pending transfer to its payer.
pub(crate) fn refund_draft(
    state: &State,
    ctx: &mut Context<'_>,
    id: TransferId,
    part: Amount,
    reason: VoidReason,
) -> Result<Draft, Rejection> {
    let held = state.held.get(&id).ok_or(Code::TransferNotPending)?;
    let voided = Voided {
        amount: part,
        fee: held.fee_on(part),
        currency: state.ledger.currency_state(held.currency).currency.code,
        reason,
    };
    Ok(Draft::new(ctx.entry_id(), Vis::Parties, Event::TransferVoided(voided)).about(id))
}

/// A pending transfer that is no task's.
pub(crate) fn own_pending(state: &State, id: TransferId) -> Result<&HeldTransfer, Rejection> {
    let held = state.held.get(&id).ok_or(Code::TransferNotPending)?;
    match held.task {
        Some(_) => Err(Rejection::new(Code::TaskState, "the money of a task follows the task")),
        None => Ok(held),
    }
}

impl Rules for Post {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let held = state.held.get(&self.id).ok_or(Code::TransferNotPending)?;
        Ok(Sphere::Own(state.principals.get(held.payer).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let held = own_pending(permit.state(), self.id)?;
        let part = self.amount.unwrap_or(held.amount);
        if part == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        if part > held.amount {
            let currency = permit.state().ledger.currency_state(held.currency).currency;
            let (left, code) = (currency.format(held.amount), currency.code);
            let detail = format!("{left} {code} are left of the hold");
            return Err(Rejection::new(Code::HoldExceeded, detail));
        }
        out.push(release_draft(permit, ctx, self.id, part)?);
        Ok(())
    }
}

impl Rules for Void {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let held = state.held.get(&self.id).ok_or(Code::TransferNotPending)?;
        Ok(Sphere::Own(state.principals.get(held.payee).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let held = own_pending(permit.state(), self.id)?;
        out.push(refund_draft(permit.state(), ctx, self.id, held.amount, VoidReason::Voided)?);
        Ok(())
    }
}

pub(crate) fn apply_pending(state: &mut State, entry: &Entry, pending: &Pending) {
    let (AnyId::Transfer(id), Some(AnyId::Principal(payee))) = (entry.id, entry.subject) else {
        panic!("transfer.pending names the transfer and its payee");
    };
    let payer = pending.from.or(entry.actor).unwrap_or_else(|| panic!("somebody pays"));
    let held = HeldTransfer {
        payer: state.handle(payer),
        payee: state.handle(payee),
        currency: state.currency_index(pending.currency),
        amount: pending.amount,
        fee: pending.fee,
        amount_whole: pending.amount,
        fee_whole: pending.fee,
        expires: pending.expires,
        task: pending.task,
        grant: pending.grant,
    };
    let from = AccountKey { owner: held.payer, currency: held.currency, role: Role::Main };
    let escrow = state.escrow_of(held.currency);
    state.ledger.move_money(from, escrow, pending.amount);
    state.ledger.move_money(from, escrow, pending.fee);
    if pending.task.is_none() {
        state.due.insert((pending.expires, Due::Hold(id)));
    }
    state.held.insert(id, held);
    charge(state, pending.grant, pending.amount);
}

/// Takes a part out of a pending transfer, which leaves the state with its last part.
pub(super) fn take(state: &mut State, id: TransferId, amount: Amount, fee: Amount) {
    if let Some(ended) = state.held.take(id, amount, fee) {
        assert!(ended.fee == Amount::ZERO, "the last part takes the rest of the fee");
        state.due.remove(&(ended.expires, Due::Hold(id)));
    }
}

pub(crate) fn apply_voided(state: &mut State, entry: &Entry, voided: &Voided) {
    let Some(AnyId::Transfer(id)) = entry.subject else {
        panic!("transfer.voided names the pending transfer");
    };
    let held = state.held.get(&id).unwrap_or_else(|| panic!("the transfer is pending"));
    let payer = AccountKey { owner: held.payer, currency: held.currency, role: Role::Main };
    let escrow = state.escrow_of(held.currency);
    take(state, id, voided.amount, voided.fee);
    state.ledger.move_money(escrow, payer, voided.amount);
    state.ledger.move_money(escrow, payer, voided.fee);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_fee_are_exact_at_any_size() {
        for (fee, part, whole) in [(50_000, 4, 10), (0, 1, 3), (1_000, 1, 3), (1, 2, 3), (7, 0, 9)]
        {
            let exact = Amount(fee * part / whole);
            assert_eq!(pro_rata(Amount(fee), Amount(part), Amount(whole)), exact);
        }
        let most = u128::MAX;
        assert_eq!(pro_rata(Amount(most), Amount(most - 1), Amount(most)), Amount(most - 1));
        assert_eq!(
            pro_rata(Amount(most - 1), Amount(most / 3), Amount(most)),
            Amount(most / 3 - 1)
        );
        assert_eq!(pro_rata(Amount(most), Amount(1), Amount(most)), Amount(1));
    }
}
