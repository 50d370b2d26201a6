//! Transfers: one row for each movement, and the pending ones kept up to date.
//!
//! Posting a part of a pending transfer makes a row of its own and adds to the pending one's
//! posted amount. The state of a pending one is that of the event that took the last of it.

use std::collections::{BTreeMap, BTreeSet};

use hansa_kernel::Entry;
use hansa_kernel::transfer::{Burned, Minted, Pending, Posted, VoidReason, Voided};
use hansa_types::{Amount, AnyId, CurrencyCode, PrincipalId, TransferId};
use sqlx::SqliteConnection;

use super::bulk::{Insert, Values, insert, lookup};
use super::odd;
use crate::accounts;
use crate::column::{Word as _, long, wide};
use crate::error::Error;
use crate::query::transfers::read;
use crate::rows::{TransferKind, TransferRow, TransferState};

const LOOKUP: &str = "SELECT * FROM transfers WHERE id IN ";
const INSERT: Insert = Insert {
    head: "INSERT INTO transfers (seq, id, at, state, kind, payer, payee, other, amount, currency, \
           fee, posted, voided, part_of, task, expires, under) ",
    tail: " ON CONFLICT (seq) DO UPDATE SET \
           state = excluded.state, posted = excluded.posted, voided = excluded.voided",
};

/// A row, and who made it when that is neither payer nor payee.
#[derive(Debug)]
struct Record {
    row: TransferRow,
    other: Option<PrincipalId>,
    changed: bool,
}

/// The transfers that a batch touches.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    records: Vec<Record>,
    /// How many of them were there before.
    loaded: usize,
    pending: BTreeMap<TransferId, usize>,
}

/// What went out of a pending transfer, and where to.
enum Part {
    Posted(Amount),
    Voided(Amount, VoidReason),
}

impl Transfers {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        wanted: &BTreeSet<TransferId>,
    ) -> Result<Self, Error> {
        let ids: Vec<u128> = wanted.iter().map(|id| id.0).collect();
        let mut transfers = Self::default();
        for row in lookup(connection, LOOKUP, &ids).await? {
            let row = read(&row)?;
            transfers.pending.insert(row.id, transfers.records.len());
            transfers.records.push(Record { row, other: None, changed: false });
        }
        transfers.loaded = transfers.records.len();
        Ok(transfers)
    }

    pub(super) fn posted(&mut self, entry: &Entry, posted: &Posted) {
        let Some(mut row) = start(entry, posted.amount, posted.currency) else { return };
        (row.from, row.to) = (posted.from.or(entry.actor), principal(entry));
        (row.fee, row.of, row.grant) = (posted.fee, posted.of, posted.grant);
        if let Some(of) = posted.of {
            row.task = self.take(entry, of, Part::Posted(posted.amount)).and_then(|of| of.task);
        }
        self.add(entry, row);
    }

    pub(super) fn pending(&mut self, entry: &Entry, pending: &Pending) {
        let Some(mut row) = start(entry, pending.amount, pending.currency) else { return };
        row.state = TransferState::Pending;
        (row.from, row.to) = (pending.from.or(entry.actor), principal(entry));
        (row.posted_amount, row.voided_amount) = (Some(Amount::ZERO), Some(Amount::ZERO));
        (row.fee, row.expires) = (pending.fee, Some(pending.expires));
        (row.task, row.grant) = (pending.task, pending.grant);
        self.pending.insert(row.id, self.records.len());
        self.add(entry, row);
    }

    pub(super) fn voided(&mut self, entry: &Entry, voided: &Voided) {
        match entry.subject {
            Some(AnyId::Transfer(id)) => {
                self.take(entry, id, Part::Voided(voided.amount, voided.reason));
            }
            _ => odd(entry, "names no pending transfer"),
        }
    }

    pub(super) fn minted(&mut self, entry: &Entry, minted: &Minted) {
        let Some(mut row) = start(entry, minted.amount, minted.currency) else { return };
        (row.kind, row.to, row.grant) = (TransferKind::Mint, principal(entry), minted.grant);
        self.add(entry, row);
    }

    pub(super) fn burned(&mut self, entry: &Entry, burned: &Burned) {
        let Some(mut row) = start(entry, burned.amount, burned.currency) else { return };
        (row.kind, row.from, row.grant) = (TransferKind::Burn, principal(entry), burned.grant);
        self.add(entry, row);
    }

    fn add(&mut self, entry: &Entry, row: TransferRow) {
        let other = entry.actor.filter(|actor| ![row.from, row.to].contains(&Some(*actor)));
        self.records.push(Record { row, other, changed: true });
    }

    fn take(&mut self, entry: &Entry, id: TransferId, part: Part) -> Option<&TransferRow> {
        let position = self.pending.get(&id).copied();
        let Some(record) = position.and_then(|position| self.records.get_mut(position)) else {
            odd(entry, "the pending transfer is not there");
            return None;
        };
        record.changed = true;
        let row = &mut record.row;
        let sum = |so_far: Option<Amount>, part| so_far.unwrap_or(Amount::ZERO).plus(part);
        let ended = match part {
            Part::Posted(part) => {
                row.posted_amount = sum(row.posted_amount, part);
                TransferState::Posted
            }
            Part::Voided(part, reason) => {
                row.voided_amount = sum(row.voided_amount, part);
                match reason {
                    VoidReason::Expired => TransferState::Expired,
                    VoidReason::Voided | VoidReason::Revoked | VoidReason::Refused => {
                        TransferState::Voided
                    }
                }
            }
        };
        if sum(row.posted_amount, row.voided_amount.unwrap_or(Amount::ZERO)) >= Some(row.amount) {
            row.state = ended;
        }
        Some(row)
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let changed: Vec<_> = self.records.iter().filter(|record| record.changed).collect();
        insert(connection, INSERT, &changed, |values, record| bind(values, record)).await?;
        let Some(first) = self.records.get(self.loaded) else { return Ok(()) };
        sqlx::query(accounts::ADD)
            .bind(long(first.row.seq))
            .execute(connection)
            .await
            .map(|_| ())
            .map_err(Error::database("index the transfers of accounts"))
    }
}

/// A posted movement of the entry's, to be completed.
fn start(entry: &Entry, amount: Amount, currency: CurrencyCode) -> Option<TransferRow> {
    let AnyId::Transfer(id) = entry.id else {
        odd(entry, "carries no transfer's id");
        return None;
    };
    Some(TransferRow {
        id,
        seq: entry.seq,
        at: entry.ts,
        state: TransferState::Posted,
        kind: TransferKind::Transfer,
        from: None,
        to: None,
        amount,
        currency,
        fee: Amount::ZERO,
        posted_amount: None,
        voided_amount: None,
        of: None,
        task: None,
        expires: None,
        grant: None,
    })
}

fn principal(entry: &Entry) -> Option<PrincipalId> {
    match entry.subject {
        Some(AnyId::Principal(id)) => Some(id),
        _ => None,
    }
}

fn bind(values: &mut Values<'_>, Record { row, other, .. }: &Record) {
    values.push_bind(long(row.seq));
    values.push_bind(wide(row.id.0));
    values.push_bind(long(row.at.0));
    values.push_bind(row.state.word());
    values.push_bind(row.kind.word());
    values.push_bind(row.from.map(|id| wide(id.0)));
    values.push_bind(row.to.map(|id| wide(id.0)));
    values.push_bind(other.map(|id| wide(id.0)));
    values.push_bind(wide(row.amount.0));
    values.push_bind(row.currency.as_str().to_owned());
    values.push_bind(wide(row.fee.0));
    values.push_bind(row.posted_amount.map(|amount| wide(amount.0)));
    values.push_bind(row.voided_amount.map(|amount| wide(amount.0)));
    values.push_bind(row.of.map(|id| wide(id.0)));
    values.push_bind(row.task.map(|id| wide(id.0)));
    values.push_bind(row.expires.map(|at| long(at.0)));
    values.push_bind(row.grant.map(|id| wide(id.0)));
}
