//! What must always hold, checked by somebody who reads the disk and believes nobody.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use hansa_kernel::idempotency::split;
use hansa_kernel::transfer::{AccountKey, Role, VoidReason};
use hansa_kernel::{Auth, Entry, Event, LookedUp, State, codec};
use hansa_node::limits::CLOCK_STEP_MAX;
use hansa_node::writer::{Job, Outcome};
use hansa_store::memory::MemoryDisk;
use hansa_types::{Amount, AnyId, Correlation, PrincipalId, Time, TransferId};

use super::client::{Asked, NODE, currency};
use super::network::Answer;

/// Money that was set aside, by the auditor's own books.
struct Held {
    payer: PrincipalId,
    payee: PrincipalId,
    amount: Amount,
    fee: Amount,
    expires: Time,
}

/// The auditor: books of its own, made from the entries on the disk alone.
#[derive(Default)]
pub(super) struct Auditor {
    /// The last entry read.
    seq: u64,
    ts: Time,
    /// Where every request was carried out.
    carried_out: BTreeMap<[u8; 24], u64>,
    balances: BTreeMap<PrincipalId, Amount>,
    held: BTreeMap<TransferId, Held>,
    /// The last entry that anybody was told of.
    told_seq: u64,
}

/// Supply and balances of a state are within their bounds.
pub(super) fn check_state(state: &State) -> Result<(), String> {
    let Ok(index) = state.ledger.currency(currency()) else { return Ok(()) };
    match state.ledger.supply(index).is_balanced() {
        true => Ok(()),
        false => Err(format!("the books do not balance: {:?}", state.ledger.supply(index))),
    }
}

impl Auditor {
    /// Entries read so far.
    pub(super) fn entries(&self) -> u64 {
        self.seq
    }

    /// An answer tells of nothing that the disk does not hold.
    pub(super) fn check_answer(
        &mut self,
        disk: &MemoryDisk,
        answer: &Answer,
    ) -> Result<(), String> {
        let reader = disk.reader();
        let durable_seq = reader.head().map_err(|error| error.to_string())?.last_seq;
        let Answer { outcome, seen_seq, .. } = answer;
        if *seen_seq > durable_seq {
            return Err(format!("an answer saw {seen_seq}, the disk holds {durable_seq}"));
        }
        let told_seq = match outcome {
            Outcome::Accepted(accepted) => {
                let line = reader.entry(accepted.entry.seq).map_err(|error| error.to_string())?;
                let line = line.ok_or("an accepted entry is not on the disk")?;
                let entry = codec::decode(&line).map_err(|error| error.to_string())?;
                if entry != *accepted.entry {
                    return Err(format!("told {:?}, on the disk {entry:?}", accepted.entry));
                }
                accepted.last_seq
            }
            Outcome::Repeated(seq) => *seq,
            Outcome::Refused(_)
            | Outcome::LookUp(_)
            | Outcome::Judge(..)
            | Outcome::Approval(..) => 0,
        };
        if told_seq > durable_seq {
            return Err(format!("told of {told_seq}, the disk holds {durable_seq}"));
        }
        self.told_seq = self.told_seq.max(told_seq);
        Ok(())
    }

    /// A job whose key the state does not remember in full, with what the books say of it. Made to
    /// forget, they say nothing.
    pub(super) fn look_up(&self, mut job: Job, forget: bool) -> Job {
        let corr = job.request.corr.filter(|_| !forget);
        let found = corr.and_then(|corr| Some((corr, *self.carried_out.get(&corr.0)?)));
        job.request.looked_up = Some(match found {
            Some((corr, seq)) => LookedUp::Found { seq, body: split(&corr).1 },
            None => LookedUp::Absent,
        });
        job
    }

    /// After a start: everything that anybody was told of is there still.
    pub(super) fn check_nothing_lost(&self, disk: &MemoryDisk) -> Result<(), String> {
        let durable_seq = disk.reader().head().map_err(|error| error.to_string())?.last_seq;
        let known_seq = self.told_seq.max(self.seq);
        match known_seq <= durable_seq {
            true => Ok(()),
            false => Err(format!("entry {known_seq} was known, the disk ends at {durable_seq}")),
        }
    }

    /// Reads what has become durable and books it.
    pub(super) fn read_on(&mut self, disk: &MemoryDisk, now: Time) -> Result<(), String> {
        let mut fresh = Vec::new();
        let after_seq = self.seq;
        let visit = &mut |row: hansa_store::Row| {
            let lines = row.entries().filter(|&(seq, ..)| seq > after_seq);
            fresh.extend(lines.map(|(_, line, _)| line.to_vec()));
            Ok(ControlFlow::Continue(()))
        };
        disk.reader().scan(after_seq + 1, visit).map_err(|error| error.to_string())?;
        for line in fresh {
            let entry = codec::decode(&line).map_err(|error| error.to_string())?;
            self.book(&entry, now).map_err(|what| format!("entry {}: {what}", entry.seq))?;
        }
        Ok(())
    }

    fn book(&mut self, entry: &Entry, now: Time) -> Result<(), String> {
        if entry.seq != self.seq + 1 || entry.ts < self.ts {
            return Err(format!("follows {} of {}", self.seq, self.ts));
        }
        (self.seq, self.ts) = (entry.seq, entry.ts);
        if let Some(Correlation(key)) = entry.corr
            && let Some(first) = self.carried_out.insert(key, entry.seq)
        {
            return Err(format!("a request was carried out twice, first as {first}"));
        }
        self.book_money(entry, now)
    }

    fn book_money(&mut self, entry: &Entry, now: Time) -> Result<(), String> {
        let subject = match entry.subject {
            Some(AnyId::Principal(id)) => Some(id),
            _ => None,
        };
        match &entry.event {
            Event::MoneyMinted(minted) => {
                self.credit(subject.ok_or("nobody's money")?, minted.amount)
            }
            Event::TransferPosted(posted) => {
                let payee = subject.ok_or("no payee")?;
                match posted.of {
                    Some(hold) => self.take_of(hold, payee, posted.amount, posted.fee)?,
                    None => {
                        let payer = posted.from.or(entry.actor).ok_or("no payer")?;
                        self.debit(payer, posted.amount)?;
                        self.debit(payer, posted.fee)?;
                    }
                }
                self.credit(payee, posted.amount);
                self.credit(NODE, posted.fee);
            }
            Event::TransferPending(pending) => {
                let AnyId::Transfer(id) = entry.id else { return Err("no transfer".to_owned()) };
                let payer = pending.from.or(entry.actor).ok_or("no payer")?;
                self.debit(payer, pending.amount)?;
                self.debit(payer, pending.fee)?;
                let (payee, expires) = (subject.ok_or("no payee")?, pending.expires);
                let (amount, fee) = (pending.amount, pending.fee);
                self.held.insert(id, Held { payer, payee, amount, fee, expires });
            }
            Event::TransferVoided(voided) => {
                let Some(AnyId::Transfer(hold)) = entry.subject else {
                    return Err("no transfer".to_owned());
                };
                let held = self.held.remove(&hold).ok_or("nothing was set aside")?;
                if (held.amount, held.fee) != (voided.amount, voided.fee) {
                    return Err("another amount went back than was left".to_owned());
                }
                check_not_early(&held, voided.reason, &entry.auth, now)?;
                self.credit(held.payer, held.amount);
                self.credit(held.payer, held.fee);
            }
            _ => {}
        }
        Ok(())
    }

    fn take_of(
        &mut self,
        hold: TransferId,
        payee: PrincipalId,
        amount: Amount,
        fee: Amount,
    ) -> Result<(), String> {
        let held = self.held.get_mut(&hold).ok_or("nothing was set aside")?;
        if held.payee != payee {
            return Err("paid to somebody else".to_owned());
        }
        held.amount = held.amount.minus(amount).ok_or("more was posted than set aside")?;
        held.fee = held.fee.minus(fee).ok_or("more fee was posted than set aside")?;
        if held.amount == Amount::ZERO {
            self.held.remove(&hold);
        }
        Ok(())
    }

    fn credit(&mut self, owner: PrincipalId, amount: Amount) {
        let balance = self.balances.entry(owner).or_default();
        *balance = Amount(balance.0 + amount.0);
    }

    fn debit(&mut self, owner: PrincipalId, amount: Amount) -> Result<(), String> {
        let balance = self.balances.entry(owner).or_default();
        *balance = balance.minus(amount).ok_or("a balance fell below zero")?;
        Ok(())
    }

    /// What clients were told is what the journal says.
    pub(super) fn check_histories<'a>(
        &self,
        asked: impl Iterator<Item = &'a Asked>,
    ) -> Result<(), String> {
        for asked in asked {
            let (Some(Correlation(key)), Some(told)) = (asked.corr(), asked.seq()) else {
                continue;
            };
            let carried_out = self.carried_out.get(&key);
            if carried_out != Some(&told) {
                return Err(format!("told it was carried out as {told}, it was {carried_out:?}"));
            }
        }
        Ok(())
    }

    /// The node's balances are those of the auditor's own books.
    pub(super) fn check_balances(&self, state: &State) -> Result<(), String> {
        let currency = state.ledger.currency(currency()).map_err(|error| error.to_string())?;
        for (&owner, &balance) in &self.balances {
            let key = AccountKey {
                owner: state.principal(owner).map_err(|error| error.to_string())?,
                currency,
                role: Role::Main,
            };
            let found = state.ledger.balance(key);
            if found != balance {
                return Err(format!("{owner} has {found:?}, the books say {balance:?}"));
            }
        }
        Ok(())
    }
}

/// A hold that the timer ended had come to its end, give or take what the watchdog allows.
fn check_not_early(held: &Held, reason: VoidReason, auth: &Auth, now: Time) -> Result<(), String> {
    let by_timer = *auth == Auth::Timer || reason == VoidReason::Expired;
    match !by_timer || held.expires <= now.after(CLOCK_STEP_MAX) {
        true => Ok(()),
        false => Err(format!("a hold until {} expired at {now}", held.expires)),
    }
}
