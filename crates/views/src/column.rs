//! How values lie in columns, both ways.
//!
//! Ids and amounts are 16 bytes, big-endian: as short as they can be, and compared by the database
//! as the numbers they are. Enumerations are words, moments are milliseconds, lists are JSON.

use hansa_crypto::keys::PublicKey;
use hansa_kernel::callback::Delivery;
use hansa_kernel::principal::{Kind, Trust};
use hansa_kernel::task::{Rail, Side, Stage, Work};
use hansa_types::{Amount, CurrencyCode, Time};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::Error;
use crate::rows::{TransferKind, TransferState};

/// 128 bits as a column.
pub(crate) fn wide(value: u128) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

/// A number or a moment as a column. What exceeds 63 bits is cut to the largest that fits.
pub(crate) fn long(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// An enumeration with one word for each of its values.
pub(crate) trait Word: Copy + Sized + 'static {
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str;

    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, text)| *text == word).map(|(value, _)| *value)
    }
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),* })*) => {
        $(impl Word for $name {
            const WORDS: &'static [(Self, &'static str)] = &[$(($name::$variant, $word)),*];

            fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        })*
    };
}

words! {
    TransferState { Pending = "pending", Posted = "posted", Voided = "voided", Expired = "expired" }
    Delivery { Delivered = "delivered", Dead = "dead" }
    TransferKind { Transfer = "transfer", Mint = "mint", Burn = "burn" }
    Kind { Agent = "agent", Person = "person", Organization = "organization", Node = "node" }
    Trust { Unsigned = "unsigned", Verified = "verified", Invalid = "invalid" }
    Side { Agent = "agent", Payer = "payer" }
    Rail { Escrow = "amp-escrow", Outcome = "amp-outcome" }
    Stage {
        Offered = "offered", Accepted = "accepted", Rejected = "rejected", Delegated = "delegated",
        Settled = "settled", Revoked = "revoked", Expired = "expired"
    }
    Work {
        Submitted = "submitted", Working = "working", Completed = "completed", Failed = "failed",
        Canceled = "canceled", Rejected = "rejected", InputRequired = "input_required",
        AuthRequired = "auth_required"
    }
}

/// A row that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'r> {
    table: &'static str,
    row: &'r SqliteRow,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(table: &'static str, row: &'r SqliteRow) -> Self {
        Self { table, row }
    }

    fn malformed(&self, column: &'static str) -> Error {
        Error::Malformed { table: self.table, column }
    }

    fn must<T>(&self, column: &'static str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.malformed(column))
    }

    pub(crate) fn maybe_text(&self, column: &'static str) -> Result<Option<&'r str>, Error> {
        self.row.try_get(column).map_err(|_| self.malformed(column))
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<&'r str, Error> {
        self.must(column, self.maybe_text(column)?)
    }

    pub(crate) fn maybe_wide<T>(
        &self,
        column: &'static str,
        make: impl FnOnce(u128) -> T,
    ) -> Result<Option<T>, Error> {
        let bytes: Option<&[u8]> = self.row.try_get(column).map_err(|_| self.malformed(column))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let bytes = bytes.try_into().map_err(|_| self.malformed(column))?;
        Ok(Some(make(u128::from_be_bytes(bytes))))
    }

    pub(crate) fn wide<T>(
        &self,
        column: &'static str,
        make: impl FnOnce(u128) -> T,
    ) -> Result<T, Error> {
        self.must(column, self.maybe_wide(column, make)?)
    }

    pub(crate) fn maybe_amount(&self, column: &'static str) -> Result<Option<Amount>, Error> {
        self.maybe_wide(column, Amount)
    }

    pub(crate) fn amount(&self, column: &'static str) -> Result<Amount, Error> {
        self.wide(column, Amount)
    }

    pub(crate) fn signed(&self, column: &'static str) -> Result<i64, Error> {
        self.row.try_get(column).map_err(|_| self.malformed(column))
    }

    pub(crate) fn maybe_number(&self, column: &'static str) -> Result<Option<u64>, Error> {
        let value: Option<i64> = self.row.try_get(column).map_err(|_| self.malformed(column))?;
        value.map(u64::try_from).transpose().map_err(|_| self.malformed(column))
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<u64, Error> {
        self.must(column, self.maybe_number(column)?)
    }

    pub(crate) fn maybe_small(&self, column: &'static str) -> Result<Option<u8>, Error> {
        let value = self.maybe_number(column)?;
        value.map(u8::try_from).transpose().map_err(|_| self.malformed(column))
    }

    pub(crate) fn small(&self, column: &'static str) -> Result<u8, Error> {
        self.must(column, self.maybe_small(column)?)
    }

    pub(crate) fn maybe_time(&self, column: &'static str) -> Result<Option<Time>, Error> {
        Ok(self.maybe_number(column)?.map(Time))
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Time, Error> {
        self.number(column).map(Time)
    }

    pub(crate) fn word<T: Word>(&self, column: &'static str) -> Result<T, Error> {
        self.must(column, T::from_word(self.text(column)?))
    }

    pub(crate) fn maybe_code(&self, column: &'static str) -> Result<Option<CurrencyCode>, Error> {
        let code = self.maybe_text(column)?.map(str::parse).transpose();
        code.map_err(|_| self.malformed(column))
    }

    pub(crate) fn code(&self, column: &'static str) -> Result<CurrencyCode, Error> {
        self.must(column, self.maybe_code(column)?)
    }

    /// A document that somebody else wrote. One that cannot be read back (it may nest deeper than
    /// the parser goes) is as good as none.
    pub(crate) fn document(&self, column: &'static str) -> Result<Option<Value>, Error> {
        Ok(self.maybe_text(column)?.and_then(|text| serde_json::from_str(text).ok()))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        self.must(column, serde_json::from_str(self.text(column)?).ok())
    }
}

/// A public key as a column.
pub(crate) fn key(key: &PublicKey) -> String {
    key.to_multibase()
}

/// A list or a document as a column.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each_word_reads_back<T: Word + PartialEq + std::fmt::Debug>() {
        for (value, word) in T::WORDS {
            assert_eq!((value.word(), T::from_word(word)), (*word, Some(*value)));
        }
        assert_eq!(T::from_word(""), None);
    }

    #[test]
    fn words_read_back_as_written() {
        each_word_reads_back::<TransferState>();
        each_word_reads_back::<TransferKind>();
        each_word_reads_back::<Kind>();
        each_word_reads_back::<Side>();
        each_word_reads_back::<Rail>();
        each_word_reads_back::<Stage>();
        each_word_reads_back::<Work>();
        each_word_reads_back::<Delivery>();
    }

    #[test]
    fn wide_columns_sort_as_numbers() {
        let sorted = [0, 1, 255, 256, u128::from(u64::MAX), u128::from(u64::MAX) + 1, u128::MAX];
        assert!(sorted.windows(2).all(|pair| wide(pair[0]) < wide(pair[1])));
    }
}
