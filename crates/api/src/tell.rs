//! Answers told from entries and rows.
//!
//! The answer to a command is a function of its first entry, so a repeated request gets the first
//! answer again. Deliberately absent: looking anything up.

use hansa_kernel::{Entry, Event};
use hansa_types::{Amount, AnyId, Currency, PrincipalId};
use hansa_views::TransferRow;
use hansa_wire::WireAmount;
use hansa_wire::api::transfers::{Transfer, TransferState};

/// The other side of what is minted and burned.
pub(crate) const ISSUER: &str = "issuer";

/// What moved, in the terms of an answer.
struct Moved {
    state: TransferState,
    from: String,
    to: String,
    amount: Amount,
    fee: Amount,
}

/// What went out of a hold.
#[derive(Clone, Copy)]
struct Parts {
    posted: Amount,
    voided: Amount,
}

/// The transfer that an entry recorded: at once, set aside, minted or burned.
pub(crate) fn transfer(entry: &Entry, currency: &Currency) -> Option<Transfer> {
    let subject = match entry.subject {
        Some(AnyId::Principal(id)) => id.to_string(),
        _ => return None,
    };
    let AnyId::Transfer(id) = entry.id else { return None };
    let payer = |from: Option<PrincipalId>| from.or(entry.actor).map(|id| id.to_string());
    let (mut of, mut expires_at, mut parts) = (None, None, None);
    let moved = match &entry.event {
        Event::TransferPosted(posted) => {
            of = posted.of;
            Moved {
                state: TransferState::Posted,
                from: payer(posted.from)?,
                to: subject,
                amount: posted.amount,
                fee: posted.fee,
            }
        }
        Event::TransferPending(pending) => {
            expires_at = Some(pending.expires.into());
            parts = Some(Parts { posted: Amount::ZERO, voided: Amount::ZERO });
            Moved {
                state: TransferState::Pending,
                from: payer(pending.from)?,
                to: subject,
                amount: pending.amount,
                fee: pending.fee,
            }
        }
        Event::MoneyMinted(minted) => supply(ISSUER.to_owned(), subject, minted.amount),
        Event::MoneyBurned(burned) => supply(subject, ISSUER.to_owned(), burned.amount),
        _ => return None,
    };
    let told = Transfer {
        id: Some(id),
        seq: Some(entry.seq),
        of,
        expires_at,
        created_at: entry.ts.into(),
        ..amounts(moved, parts, currency)
    };
    Some(told)
}

fn supply(from: String, to: String, amount: Amount) -> Moved {
    Moved { state: TransferState::Posted, from, to, amount, fee: Amount::ZERO }
}

/// A transfer without its place in the journal.
fn amounts(moved: Moved, parts: Option<Parts>, currency: &Currency) -> Transfer {
    let Moved { state, from, to, amount, fee } = moved;
    let total = amount.plus(fee).unwrap_or(amount);
    let remaining = |parts: Parts| {
        let left = amount.minus(parts.posted).and_then(|left| left.minus(parts.voided));
        left.unwrap_or(Amount::ZERO)
    };
    let tell = |amount| WireAmount::of(currency, amount);
    Transfer {
        id: None,
        seq: None,
        state,
        from,
        to,
        amount: tell(amount),
        currency: currency.code,
        fee: tell(fee),
        total: tell(total),
        posted: parts.map(|parts| tell(parts.posted)),
        remaining: parts.map(|parts| tell(remaining(parts))),
        voided: parts.map(|parts| tell(parts.voided)),
        of: None,
        expires_at: None,
        created_at: hansa_types::Time(0).into(),
    }
}

/// A transfer as the read models have it.
pub(crate) fn transfer_row(row: &TransferRow, currency: &Currency) -> Transfer {
    let side = |principal: Option<PrincipalId>| {
        principal.map_or_else(|| ISSUER.to_owned(), |id| id.to_string())
    };
    let state = match row.state {
        hansa_views::TransferState::Pending => TransferState::Pending,
        hansa_views::TransferState::Posted => TransferState::Posted,
        hansa_views::TransferState::Voided => TransferState::Voided,
        hansa_views::TransferState::Expired => TransferState::Expired,
    };
    let moved =
        Moved { state, from: side(row.from), to: side(row.to), amount: row.amount, fee: row.fee };
    let parts = row.posted_amount.zip(row.voided_amount);
    let parts = parts.map(|(posted, voided)| Parts { posted, voided });
    let pending = row.state == hansa_views::TransferState::Pending;
    Transfer {
        id: Some(row.id),
        seq: Some(row.seq),
        of: row.of,
        expires_at: row.expires.filter(|_| pending).map(Into::into),
        created_at: row.at.into(),
        ..amounts(moved, parts, currency)
    }
}
