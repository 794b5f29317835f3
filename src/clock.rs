//! The clock of the process: the only file that reads the system clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};

/// The accepted difference between the clocks of two machines, in seconds.
pub const LEEWAY: i64 = 5;

/// The system clock, or a manual clock for tests.
#[derive(Clone, Default)]
pub enum Clock {
    /// The system clock.
    #[default]
    System,
    /// The system clock with an offset, for tests of a machine with a wrong clock.
    Skewed(TimeDelta),
    /// Microseconds since 1970; only [`Clock::advance`] changes them.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A manual clock that shows `at`.
    #[must_use]
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The current time in whole microseconds, the precision of both databases.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Skewed(offset) => Utc::now().trunc_subsecs(6) + *offset,
            Self::Manual(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Advances a manual clock; has no effect on the system clock.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::SeqCst);
        }
    }
}

/// Formats an instant as RFC 3339 in UTC, with six digits and `Z`: the format of every surface.
#[must_use]
pub fn to_rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Parses an RFC 3339 `date-time` with any offset, of the years 1 to 9999; truncates it to
/// microseconds.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    // The parser accepts a space as the separator; the grammar of RFC 3339 does not.
    let separator = text.as_bytes().get(10).copied();
    if !matches!(separator, Some(b'T' | b't')) {
        return None;
    }
    let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    // Drops leap seconds, and digits beyond the precision of both databases.
    let at = DateTime::from_timestamp_micros(at.timestamp_micros())?;
    (1..=9_999).contains(&at.year()).then_some(at)
}

/// Parses an RFC 3339 `full-date`, such as `2026-11-25`, of the years 1 to 9999.
#[must_use]
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    // The parser accepts spaces, signs and single digits; the grammar of RFC 3339 does not.
    let digits = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(digits) {
        return None;
    }
    let date: NaiveDate = text.parse().ok()?;
    (date.year() >= 1).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_formatted_in_utc_with_six_digits() {
        for (text, expected) in [
            ("2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000000Z"),
            ("2026-11-25T08:00:00.1+01:00", "2026-11-25T07:00:00.100000Z"),
            ("2026-11-25t08:00:00.123456789z", "2026-11-25T08:00:00.123456Z"),
        ] {
            assert_eq!(parse_rfc3339(text).map(to_rfc3339).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_date_has_ten_characters() {
        assert_eq!(
            parse_date("2024-02-29").map(|it| it.to_string()).as_deref(),
            Some("2024-02-29")
        );
        for text in [
            "",
            "2026-02-29",
            "2026-1-01",
            "+026-01-01",
            "2026-01-1 ",
            "0000-01-01",
            "2026/01/01",
            "２026-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn text_other_than_rfc_3339_is_rejected() {
        for text in [
            "",
            "tomorrow",
            "2026-11-25",
            "2026-11-25 08:00:00Z",
            "2026-11-25T08:00:00",
            "2026-13-25T08:00:00Z",
            "0000-01-01T00:00:00Z",
            "+10000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }
}
