//! Spans of time as people write them: `90s`, `10m`, `2h`, `7d`, or several in a row (`1h30m`).

use std::str::FromStr;

/// A span in whole seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// How many seconds.
    pub(crate) seconds: u64,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text)
            .filter(|&seconds| seconds > 0)
            .map(|seconds| Self { seconds })
            .ok_or_else(|| format!("{text:?} is no span of time; write 90s, 10m, 2h or 7d"))
    }
}

fn parse(text: &str) -> Option<u64> {
    let mut seconds = 0u64;
    let mut rest = text;
    let mut unit_before = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            _ => return None,
        };
        // Larger units come first, so `5m1h` and `1h1h` are refused as slips.
        if unit >= unit_before {
            return None;
        }
        unit_before = unit;
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        for (text, seconds) in [("1s", 1), ("10m", 600), ("2h", 7_200), ("7d", 604_800)] {
            assert_eq!(text.parse(), Ok(Span { seconds }), "{text}");
        }
        assert_eq!("1h30m".parse(), Ok(Span { seconds: 5_400 }));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "10",
            "m",
            "0s",
            "5m1h",
            "1h1h",
            "-1h",
            "1.5h",
            "1w",
            "１h",
            "99999999999999999999d",
        ] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }
}
