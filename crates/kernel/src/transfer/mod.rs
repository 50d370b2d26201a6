//! Money: currencies, accounts, and balanced movements between them.
//!
//! A movement debits and credits the same sum. Money set aside lies in the node's escrow account
//! of its currency until it is posted or goes back, so a balance is only ever what can be spent.

mod create;
mod held;
mod ledger;
mod pending;
mod supply;

pub use create::{Create, Hold, Posted};
pub use held::HeldTransfers;
pub use ledger::{
    Account, AccountKey, CurrencyIndex, CurrencyState, FeeRule, Ledger, Role, Supply,
};
pub use pending::{HeldTransfer, Pending, Post, Void, VoidReason, Voided};
pub use supply::{Burn, Burned, CreateCurrency, CurrencyCreated, Mint, Minted};

pub(crate) use create::{Payment, apply_posted, check_room, nothing};
pub(crate) use pending::{apply_pending, apply_voided, own_pending, refund_draft, release_draft};
pub(crate) use supply::{
    apply_burned, apply_currency_created, apply_minted, mint_into, own_currency,
};
