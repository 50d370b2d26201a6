//! Moments and spans, in whole milliseconds.
//!
//! Nothing here reads a clock: `now` is always an argument.

use std::fmt;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Time(pub u64);

/// A span of time in milliseconds.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Duration(pub u64);

impl Duration {
    /// `n` seconds.
    pub const fn seconds(n: u64) -> Self {
        Self(n * 1_000)
    }
    /// `n` minutes.
    pub const fn minutes(n: u64) -> Self {
        Self::seconds(n * 60)
    }
    /// `n` hours.
    pub const fn hours(n: u64) -> Self {
        Self::minutes(n * 60)
    }
    /// `n` days of 24 hours.
    pub const fn days(n: u64) -> Self {
        Self::hours(n * 24)
    }
}

impl Time {
    /// The moment `span` later, saturating at the end of time.
    pub const fn after(self, span: Duration) -> Time {
        Time(self.0.saturating_add(span.0))
    }

    /// The moment `span` earlier, saturating at the epoch.
    pub const fn before(self, span: Duration) -> Time {
        Time(self.0.saturating_sub(span.0))
    }

    /// How far two moments lie apart, whichever comes first.
    pub const fn distance(self, other: Time) -> Duration {
        Duration(self.0.abs_diff(other.0))
    }

    /// The whole seconds since the epoch, as AMP's `ts`.
    pub const fn unix_seconds(self) -> u64 {
        self.0 / 1_000
    }

    /// Parses RFC 3339 (`2026-04-30T12:00:00Z`, with optional fraction and offset) or a bare date,
    /// which means the last millisecond of that day in UTC.
    pub fn parse(text: &str) -> Option<Time> {
        let date = text.get(..10)?;
        let days = parse_date(date)?;
        if text.len() == 10 {
            return Some(Time((days + 1) * 86_400_000 - 1));
        }
        let (clock, offset_s) = split_offset(text.get(10..)?.strip_prefix(['T', 't', ' '])?)?;
        let within = parse_clock(clock)?;
        let local = i64::try_from(days * 86_400_000 + within).ok()?;
        u64::try_from(local - offset_s * 1_000).ok().map(Time)
    }
}

fn number(text: &str, digits: usize) -> Option<u64> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Days from the epoch to a proleptic Gregorian `YYYY-MM-DD` not before 1970.
fn parse_date(text: &str) -> Option<u64> {
    let mut parts = text.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month_index = usize::try_from(month).ok()?.checked_sub(1)?;
    if parts.next().is_some() || year < 1970 || day == 0 || day > *lengths.get(month_index)? {
        return None;
    }
    let before = year - 1;
    let leap_days = |y: u64| y / 4 - y / 100 + y / 400;
    let years = (year - 1970) * 365 + leap_days(before) - leap_days(1969);
    Some(years + lengths[..month_index].iter().sum::<u64>() + day - 1)
}

/// Splits `12:00:00.5+02:00` into the clock and the offset in seconds.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, offset) = text.split_at(at);
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let seconds = i64::try_from(hours * 3_600 + minutes * 60).ok()?;
    (hours < 24 && minutes < 60)
        .then_some((clock, if offset.starts_with('-') { -seconds } else { seconds }))
}

/// Milliseconds within the day of `HH:MM:SS[.fraction]`.
fn parse_clock(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = whole.split(':');
    let (h, m, s) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let digits = fraction.len();
    if parts.next().is_some() || h > 23 || m > 59 || s > 59 || !(1..=9).contains(&digits) {
        return None;
    }
    let nanos = number(fraction, digits)? * 10u64.pow(9 - u32::try_from(digits).ok()?);
    Some((h * 3_600 + m * 60 + s) * 1_000 + nanos / 1_000_000)
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, within) = (self.0 / 86_400_000, self.0 % 86_400_000);
        // Days to civil date, with years that begin in March so that leap days come last.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (s, ms) = (within / 1_000, within % 1_000);
        let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_as_written() {
        for ms in [0, 951_782_400_000, 1_709_164_800_001, 1_763_692_800_123, 4_102_444_799_999] {
            let written = Time(ms).to_string();
            assert_eq!(Time::parse(&written), Some(Time(ms)), "{written}");
        }
        assert_eq!(Time(951_782_400_000).to_string(), "2000-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_bare_date_ends_that_day() {
        assert_eq!(Time::parse("1970-01-01"), Some(Time(86_399_999)));
        assert_eq!(Time::parse("2026-04-30").unwrap().to_string(), "2026-04-30T23:59:59.999Z");
    }

    #[test]
    fn offsets_and_fractions_count() {
        assert_eq!(Time::parse("1970-01-01T02:00:00.5+02:00"), Some(Time(500)));
        assert_eq!(Time::parse("1970-01-01T00:00:00-00:01"), Some(Time(60_000)));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "1969-12-31",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01X00:00:00Z",
            "٢٠٢٦-01-01",
        ] {
            assert_eq!(Time::parse(bad), None, "{bad}");
        }
    }
}
