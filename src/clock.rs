//! What time it is: the only file that asks the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, TimeDelta, Utc};

/// How far the clocks of replicas may be apart, in seconds.
pub const LEEWAY: i64 = 5;

/// The system's clock, or one that a test sets by hand.
#[derive(Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// The machine's clock, off by so much: a machine whose clock is wrong.
    Skewed(TimeDelta),
    /// Microseconds since 1970, moved only by [`Clock::advance`].
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at`.
    #[must_use]
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// Now, in whole microseconds: what both databases keep.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Skewed(by) => Utc::now().trunc_subsecs(6) + *by,
            Self::Manual(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a hand-set clock on; the system's clock goes by itself.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::SeqCst);
        }
    }
}

/// An instant as every surface spells it: RFC 3339 in UTC, with six digits and `Z`.
#[must_use]
pub fn spell(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The instant of an RFC 3339 `date-time` with any offset, of the years 1 to 9999, in whole
/// microseconds.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    // The separator may be a space for the parser, but not for RFC 3339's own grammar in JSON.
    let separator = text.as_bytes().get(10).copied();
    if !matches!(separator, Some(b'T' | b't')) {
        return None;
    }
    let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    // Without leap seconds and no finer than both databases keep.
    let at = DateTime::from_timestamp_micros(at.timestamp_micros())?;
    (1..=9_999).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_one_spelling() {
        for (given, spelt) in [
            ("2026-11-25T08:00:00Z", "2026-11-25T08:00:00.000000Z"),
            ("2026-11-25T08:00:00.1+01:00", "2026-11-25T07:00:00.100000Z"),
            ("2026-11-25t08:00:00.123456789z", "2026-11-25T08:00:00.123456Z"),
        ] {
            assert_eq!(parse(given).map(spell).as_deref(), Some(spelt));
        }
    }

    #[test]
    fn anything_but_rfc_3339_is_refused() {
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
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
