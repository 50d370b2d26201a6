//! Amounts on the wire: decimal strings of major units (DESIGN §4, Money).
//!
//! A [`WireAmount`] is syntactically an amount of some currency; which minor units it means is known
//! once it meets its currency. Refusals carry the `amount_*` codes, a JSON number always
//! `amount_not_a_string`: readers that go through doubles would change it.
//!
//! Invariants: no sign, exponent or padding; the value is kept without trailing zeros behind the
//! point, so equal amounts are equal texts.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use hansa_types::{Amount, AmountError, Code, Currency, Rejection};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::limits::AMOUNT_BYTES_MAX;
use crate::request::marked;

/// An amount of major units as text, e.g. `"12.5"`. Zero is allowed here and refused where money
/// must move.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WireAmount(String);

impl WireAmount {
    /// The amount as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of minor units of a currency.
    pub fn of(currency: &Currency, amount: Amount) -> Self {
        Self(currency.format(amount))
    }

    /// The minor units it means in a currency; zero, excess decimals and overflow are refused.
    pub fn in_currency(&self, currency: &Currency) -> Result<Amount, Rejection> {
        currency.parse(&self.0).map_err(Rejection::from)
    }

    /// As [`WireAmount::in_currency`], zero included.
    pub fn in_currency_or_zero(&self, currency: &Currency) -> Result<Amount, Rejection> {
        currency.parse_or_zero(&self.0).map_err(Rejection::from)
    }

    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        self.0 == "0"
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('.').unwrap_or((&self.0, ""))
    }
}

/// Reads digits with at most one point and without sign, exponent or padding into whole part and
/// fraction; the fraction comes without trailing zeros.
pub(crate) fn split_decimal(text: &str) -> Result<(&str, &str), AmountError> {
    if let Some(rest) = text.strip_prefix('-') {
        let numeric = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        return Err(if numeric { AmountError::Negative } else { AmountError::Syntax });
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(AmountError::Syntax),
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let padded = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || padded || !digits(whole) || !digits(fraction) {
        return Err(AmountError::Syntax);
    }
    Ok((whole, fraction.trim_end_matches('0')))
}

impl FromStr for WireAmount {
    type Err = AmountError;
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (whole, fraction) = split_decimal(text)?;
        if text.len() > AMOUNT_BYTES_MAX {
            return Err(AmountError::Overflow);
        }
        if fraction.len() > usize::from(Currency::SCALE_MAX) {
            return Err(AmountError::Decimals(Currency::SCALE_MAX));
        }
        Ok(Self(match fraction {
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        }))
    }
}

impl PartialOrd for WireAmount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for WireAmount {
    /// By value: texts of the same currency compare as their minor units would.
    fn cmp(&self, other: &Self) -> Ordering {
        let ((whole, fraction), (other_whole, other_fraction)) = (self.parts(), other.parts());
        let by_whole = (whole.len(), whole).cmp(&(other_whole.len(), other_whole));
        by_whole.then_with(|| fraction.cmp(other_fraction))
    }
}

impl fmt::Display for WireAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for WireAmount {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = WireAmount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal string of major units")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<WireAmount, E> {
        text.parse().map_err(|error: AmountError| {
            let rejection = Rejection::from(error);
            marked(rejection.code, &rejection.detail)
        })
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<WireAmount, E> {
        Err(a_number())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<WireAmount, E> {
        Err(a_number())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<WireAmount, E> {
        Err(a_number())
    }
}

fn a_number<E: de::Error>() -> E {
    marked(Code::AmountNotAString, "an amount is a decimal string, never a JSON number")
}

impl<'de> Deserialize<'de> for WireAmount {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(AmountVisitor)
    }
}

impl JsonSchema for WireAmount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]{1,18})?$",
            "maxLength": AMOUNT_BYTES_MAX,
            "description": "An amount of major units as a decimal string, never a JSON number.",
            "examples": ["12.50"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<WireAmount, Code> {
        crate::request::parse(value).map_err(|invalid| invalid.rejection.code)
    }

    #[test]
    fn decimal_strings_are_kept_without_trailing_zeros() {
        for (text, kept) in [("12.50", "12.5"), ("0", "0"), ("0.00", "0"), ("7", "7")] {
            assert_eq!(read(json!(text)).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn every_other_spelling_is_refused_by_its_own_code() {
        let refused = [
            (json!(1), Code::AmountNotAString),
            (json!(-1), Code::AmountNotAString),
            (json!(1.5), Code::AmountNotAString),
            (json!("-1"), Code::AmountNegative),
            (json!("1e3"), Code::AmountMalformed),
            (json!("01"), Code::AmountMalformed),
            (json!(" 1"), Code::AmountMalformed),
            (json!(""), Code::AmountMalformed),
            (json!("1."), Code::AmountMalformed),
            (json!("0.0000000000000000001"), Code::AmountDecimals),
            (json!("9".repeat(AMOUNT_BYTES_MAX + 1)), Code::AmountOverflow),
            (json!(true), Code::InvalidField),
            (json!(null), Code::InvalidField),
        ];
        for (value, code) in refused {
            assert_eq!(read(value.clone()), Err(code), "{value}");
        }
        assert!(read(json!("9".repeat(AMOUNT_BYTES_MAX))).is_ok());
    }

    #[test]
    fn amounts_compare_by_value() {
        let order = ["0", "0.05", "0.1", "0.11", "1", "9.9", "10", "10.001", "100"];
        let amounts: Vec<WireAmount> = order.iter().map(|t| t.parse().unwrap()).collect();
        assert!(amounts.is_sorted_by(|a, b| a < b));
        assert_eq!("50".parse::<WireAmount>(), "50.00".parse());
    }

    #[test]
    fn an_amount_meets_its_currency() {
        let yen = Currency { code: "JPY".parse().unwrap(), scale: 0 };
        let amount = |text: &str| text.parse::<WireAmount>().unwrap();
        assert_eq!(amount("7").in_currency(&yen), Ok(Amount(7)));
        assert_eq!(amount("7.5").in_currency(&yen).unwrap_err().code, Code::AmountDecimals);
        assert_eq!(amount("0").in_currency(&yen).unwrap_err().code, Code::AmountZero);
        assert_eq!(amount("0").in_currency_or_zero(&yen), Ok(Amount::ZERO));
        assert_eq!(WireAmount::of(&yen, Amount(7)), amount("7"));
    }
}
