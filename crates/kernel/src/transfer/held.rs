//! All pending transfers, and what each payer has set aside in them.
//!
//! The sums follow from the transfers, so they are no part of a snapshot.

use std::collections::BTreeMap;

use hansa_types::{Amount, TransferId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ledger::CurrencyIndex;
use super::pending::HeldTransfer;
use crate::principal::Handle;

/// All pending transfers by id.
#[derive(Debug, Clone, Default)]
pub struct HeldTransfers {
    transfers: BTreeMap<TransferId, HeldTransfer>,
    /// Amounts and fees set aside, of those who have any.
    sums: BTreeMap<(Handle, CurrencyIndex), Amount>,
}

impl HeldTransfers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.transfers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.transfers.is_empty()
    }

    /// A pending transfer.
    pub fn get(&self, id: &TransferId) -> Option<&HeldTransfer> {
        self.transfers.get(id)
    }

    /// All pending transfers in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &HeldTransfer> {
        self.transfers.values()
    }

    /// What a payer has set aside in a currency, fees included.
    pub fn sum(&self, payer: Handle, currency: CurrencyIndex) -> Amount {
        self.sums.get(&(payer, currency)).copied().unwrap_or(Amount::ZERO)
    }

    pub(super) fn insert(&mut self, id: TransferId, held: HeldTransfer) {
        let sum = self.sums.entry((held.payer, held.currency)).or_default();
        let more = sum.plus(held.amount).and_then(|sum| sum.plus(held.fee));
        *sum = more.unwrap_or_else(|| panic!("what is issued fits, and so what is set aside"));
        self.transfers.insert(id, held);
    }

    /// Takes a part out of a transfer, which leaves with its last part. Returns what it was like
    /// then.
    pub(super) fn take(
        &mut self,
        id: TransferId,
        amount: Amount,
        fee: Amount,
    ) -> Option<HeldTransfer> {
        let held = self.transfers.get_mut(&id).unwrap_or_else(|| panic!("the transfer is pending"));
        let left = (held.amount.minus(amount), held.fee.minus(fee));
        let (Some(amount_left), Some(fee_left)) = left else {
            panic!("a part is no more than the rest")
        };
        (held.amount, held.fee) = (amount_left, fee_left);
        let payer = (held.payer, held.currency);
        if let Some(sum) = self.sums.get_mut(&payer) {
            let less = sum.minus(amount).and_then(|sum| sum.minus(fee));
            *sum = less.unwrap_or_else(|| panic!("the sum is that of all transfers"));
            if *sum == Amount::ZERO {
                self.sums.remove(&payer);
            }
        }
        match amount_left == Amount::ZERO {
            true => self.transfers.remove(&id),
            false => None,
        }
    }
}

impl FromIterator<(TransferId, HeldTransfer)> for HeldTransfers {
    fn from_iter<I: IntoIterator<Item = (TransferId, HeldTransfer)>>(transfers: I) -> Self {
        let mut all = Self::default();
        transfers.into_iter().for_each(|(id, held)| all.insert(id, held));
        all
    }
}

impl Serialize for HeldTransfers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.transfers.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for HeldTransfers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}
