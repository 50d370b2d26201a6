//! The index of accounts: whom each transfer concerns. Like [`crate::fts`] it is SQLite's FTS5.
//!
//! Those who pay are many and pay in any order, so a B-tree over them has a page written for nearly
//! every transfer. FTS5 writes what comes in one batch in one piece, and merges pieces when there are
//! several. Ids lie in it as hexadecimal words; what it found is read from the transfers by rowid, which
//! is their seq.
//!
//! Deliberately absent: open transfers by account, which are few and have indexes of their own.

use hansa_types::PrincipalId;

use crate::rows::Viewer;

/// The index.
pub(crate) const TABLE: &str = "CREATE VIRTUAL TABLE transfers_accounts USING fts5(
    payer, payee, other, content='', detail=column, columnsize=0, tokenize='ascii'
)";
/// Has it overwrite what is taken out.
pub(crate) const SECURE: &str =
    "INSERT INTO transfers_accounts (transfers_accounts, rank) VALUES ('secure-delete', 1)";
/// Its end.
pub(crate) const DROP: &str = "DROP TABLE IF EXISTS transfers_accounts";
/// Adds the transfers from a seq on.
pub(crate) const ADD: &str = "INSERT INTO transfers_accounts (rowid, payer, payee, other)
    SELECT seq, hex(payer), hex(payee), hex(other) FROM transfers WHERE seq >= $1";
/// Takes transfers out that are still there; conditions follow.
pub(crate) const TAKE_OUT: &str =
    "INSERT INTO transfers_accounts (transfers_accounts, rowid, payer, payee, other)
    SELECT 'delete', seq, hex(payer), hex(payee), hex(other) FROM transfers";
/// The beginning of a query over what matches; the match expression and [`BEFORE`] follow.
pub(crate) const FOUND: &str = "SELECT transfers.* FROM transfers_accounts
    CROSS JOIN transfers ON transfers.seq = transfers_accounts.rowid
    WHERE transfers_accounts MATCH ";
/// The seq before which they are follows, then further conditions and [`NEWEST`].
pub(crate) const BEFORE: &str = " AND transfers_accounts.rowid < ";
/// Newest first; how many follows.
pub(crate) const NEWEST: &str = " ORDER BY transfers_accounts.rowid DESC LIMIT ";

/// What matches the transfers with a party on either side that the viewer may see. `None` where that is
/// no matter of accounts: everything, or nothing.
pub(crate) fn expression(party: Option<PrincipalId>, viewer: Viewer) -> Option<String> {
    let side = |id: PrincipalId| format!("{{payer payee}} : {}", word(id));
    match (party, viewer.all, viewer.principal) {
        (None, true, _) | (_, false, None) => None,
        (Some(party), true, _) => Some(side(party)),
        (None, false, Some(viewer)) => Some(word(viewer)),
        (Some(party), false, Some(viewer)) if party == viewer => Some(side(party)),
        (Some(party), false, Some(viewer)) => {
            Some(format!("({}) AND {}", side(party), word(viewer)))
        }
    }
}

fn word(id: PrincipalId) -> String {
    format!("\"{:032x}\"", id.0)
}
