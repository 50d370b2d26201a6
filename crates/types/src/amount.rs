//! Money: integer minor units of a currency, written as decimal text.
//!
//! Arithmetic is checked everywhere; nothing is ever a float. On the wire an amount is a string of
//! major units (`"12.50"`); in the journal it is a string of minor units (`"12500000"`).

use std::fmt;
use std::str::FromStr;

use crate::text;

/// Minor units of some currency. The currency travels beside it, never inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub u128);

impl serde::Serialize for Amount {
    /// Minor units: a decimal string in JSON, an integer in binary formats.
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match s.is_human_readable() {
            true => s.serialize_str(itoa::Buffer::new().format(self.0)),
            false => s.serialize_u128(self.0),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match d.is_human_readable() {
            true => text::read(d, Self::from_minor),
            false => u128::deserialize(d).map(Self),
        }
    }
}

/// The code of a currency: 3 to 8 upper-case ASCII letters or digits, first a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 8]);

/// A currency: its code and how many decimals one major unit has (0 to 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Currency {
    /// The code, e.g. `AVT`.
    pub code: CurrencyCode,
    /// Decimals of a major unit.
    pub scale: u8,
}

/// Why a text is not an amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one point: signs, exponents, spaces, NaN and the like.
    #[error("not a decimal number in plain digits")]
    Syntax,
    /// Negative amounts do not exist; say the other direction instead.
    #[error("an amount is never negative")]
    Negative,
    /// Nothing to move.
    #[error("the amount is zero")]
    Zero,
    /// More decimals than the currency has.
    #[error("more decimals than the currency has ({0})")]
    Decimals(u8),
    /// Not below 2^128 minor units.
    #[error("larger than 2^128 - 1 minor units")]
    Overflow,
}

impl Amount {
    /// No money.
    pub const ZERO: Amount = Amount(0);

    /// Parses minor units in plain digits, as the journal writes them.
    pub fn from_minor(text: &str) -> Result<Self, AmountError> {
        let canonical = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        if !canonical {
            return Err(AmountError::Syntax);
        }
        text.parse().map(Self).map_err(|_| AmountError::Overflow)
    }

    /// The sum, unless it overflows.
    pub fn plus(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }

    /// The difference, unless it would be negative.
    pub fn minus(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }

    /// `self × numerator ÷ denominator`, rounded down, for a share whose remainder goes elsewhere.
    /// `None` when an intermediate product does not fit or the denominator is 0.
    pub fn portion(self, numerator: u128, denominator: u128) -> Option<Amount> {
        let whole = self.0.checked_div(denominator)?.checked_mul(numerator)?;
        let rest = (self.0 % denominator).checked_mul(numerator)? / denominator;
        whole.checked_add(rest).map(Amount)
    }

    /// `self × numerator ÷ denominator`, rounded half to even; the only rounding there is.
    /// `None` when the result or an intermediate product does not fit, or the denominator is 0.
    pub fn ratio(self, numerator: u64, denominator: u64) -> Option<Amount> {
        let (n, d) = (u128::from(numerator), u128::from(denominator));
        let whole = self.0.checked_div(d)?.checked_mul(n)?;
        let rest = (self.0 % d) * n;
        let (quotient, remainder) = (rest / d, rest % d);
        let up = remainder * 2 > d || (remainder * 2 == d && (whole ^ quotient) & 1 == 1);
        whole.checked_add(quotient)?.checked_add(u128::from(up)).map(Amount)
    }
}

impl Currency {
    /// Most decimals a currency may have.
    pub const SCALE_MAX: u8 = 18;

    /// Parses major units (`"12.5"`) into minor units. Zero is refused where money must move;
    /// see [`Currency::parse_or_zero`].
    pub fn parse(&self, text: &str) -> Result<Amount, AmountError> {
        match self.parse_or_zero(text)? {
            Amount::ZERO => Err(AmountError::Zero),
            amount => Ok(amount),
        }
    }

    /// Parses major units, zero included.
    pub fn parse_or_zero(&self, text: &str) -> Result<Amount, AmountError> {
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
        if fraction.len() > usize::from(self.scale) {
            return Err(AmountError::Decimals(self.scale));
        }
        let mut minor: u128 = 0;
        let zeros = usize::from(self.scale) - fraction.len();
        for b in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', zeros)) {
            minor = minor
                .checked_mul(10)
                .and_then(|m| m.checked_add(u128::from(b - b'0')))
                .ok_or(AmountError::Overflow)?;
        }
        Ok(Amount(minor))
    }

    /// Writes minor units as major units, without trailing zeros behind the point.
    pub fn format(&self, amount: Amount) -> String {
        let digits = format!("{:0>width$}", amount.0, width = usize::from(self.scale) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        }
    }
}

impl CurrencyCode {
    /// Most bytes of a code.
    pub const LEN_MAX: usize = 8;

    /// The code as text.
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|&b| b == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..len]).unwrap_or_default()
    }
}

impl FromStr for CurrencyCode {
    type Err = AmountError;
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let bytes = text.as_bytes();
        let shaped = (3..=Self::LEN_MAX).contains(&bytes.len())
            && bytes[0].is_ascii_uppercase()
            && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !shaped {
            return Err(AmountError::Syntax);
        }
        let mut code = [0u8; Self::LEN_MAX];
        code[..bytes.len()].copy_from_slice(bytes);
        Ok(Self(code))
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurrencyCode({self})")
    }
}

impl serde::Serialize for CurrencyCode {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CurrencyCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        text::read(d, |code| code.parse().map_err(|_| "not a currency code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn avt() -> Currency {
        Currency { code: "AVT".parse().unwrap(), scale: 6 }
    }

    #[test]
    fn major_units_round_trip() {
        for (text, minor) in
            [("12.5", 12_500_000), ("0.000001", 1), ("1", 1_000_000), ("1000", 1_000_000_000)]
        {
            assert_eq!(avt().parse(text), Ok(Amount(minor)));
            assert_eq!(avt().format(Amount(minor)), text);
        }
        let whole = Currency { code: "JPY".parse().unwrap(), scale: 0 };
        assert_eq!(whole.parse("7"), Ok(Amount(7)));
        assert_eq!(whole.format(Amount(u128::MAX)), u128::MAX.to_string());
    }

    #[test]
    fn each_bad_amount_is_refused_by_name() {
        let refused = [
            ("0", AmountError::Zero),
            ("0.000000", AmountError::Zero),
            ("-1", AmountError::Negative),
            ("-0.5", AmountError::Negative),
            ("1.0000001", AmountError::Decimals(6)),
            ("340282366920938463463374607431768.211456", AmountError::Overflow),
            ("99999999999999999999999999999999999999999", AmountError::Overflow),
            ("NaN", AmountError::Syntax),
            ("1e3", AmountError::Syntax),
            ("+1", AmountError::Syntax),
            ("", AmountError::Syntax),
            (".5", AmountError::Syntax),
            ("5.", AmountError::Syntax),
            ("1,5", AmountError::Syntax),
            (" 1", AmountError::Syntax),
            ("01", AmountError::Syntax),
            ("1.2.3", AmountError::Syntax),
            ("-NaN", AmountError::Syntax),
            ("٣", AmountError::Syntax),
        ];
        for (text, error) in refused {
            assert_eq!(avt().parse(text), Err(error), "{text:?}");
        }
        assert_eq!(avt().parse("340282366920938463463374607431768.211455"), Ok(Amount(u128::MAX)));
    }

    #[test]
    fn ratios_round_half_to_even() {
        for (amount, expected) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (7, 4)] {
            assert_eq!(Amount(amount).ratio(1, 2), Some(Amount(expected)), "{amount}/2");
        }
        assert_eq!(Amount(u128::MAX).ratio(5, 1_000), Some(Amount(u128::MAX / 200)));
        assert_eq!(Amount(u128::MAX).ratio(2, 1), None);
        assert_eq!(Amount(1).ratio(1, 0), None);
    }

    #[test]
    fn currency_codes_are_strict() {
        for bad in ["", "AV", "avt", "1VT", "TOOLONGCC", "AV T", "ÄVT"] {
            assert!(bad.parse::<CurrencyCode>().is_err(), "{bad}");
        }
        assert_eq!("USD".parse::<CurrencyCode>().unwrap().as_str(), "USD");
    }
}
