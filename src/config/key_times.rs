//! Settings of the life of signing keys.

use chrono::TimeDelta;

use super::ConfigError;
use super::parser::within;
use super::reader::Reader;
use crate::clock::LEEWAY;

/// The longest lifetime of a token that can be set, in seconds.
pub const MAX_TOKEN_SECONDS: u64 = 86_400;

/// Time limit for a replica to notice that another key signs; much longer than it usually takes.
pub const PROPAGATION_LIMIT: TimeDelta = TimeDelta::minutes(10);

/// Periods in the life of a signing key.
///
/// A key is published, then signs, then stays published until its last token has expired. It is
/// deleted before its successor's successor is created, so there are at most two keys at any time,
/// unless the operator or a change of the algorithm requests one more.
#[derive(Clone, Copy, Debug)]
pub struct KeyTimes {
    /// Time that verifiers may cache the published keys.
    pub max_age: TimeDelta,
    /// Time that a key signs.
    pub period: TimeDelta,
    /// Time that a key is published before it signs: two caches, one on the way and one of the
    /// verifier, and the difference of clocks.
    pub lead: TimeDelta,
    /// Time that a key is published after it signs: the longest lifetime of a token that can be
    /// set, so that no change of settings invalidates a token.
    pub retention: TimeDelta,
}

impl KeyTimes {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        let days = settings.read(
            "signing_key_days",
            "90",
            within(2..=3_650),
            "Days after which the next signing key signs",
        )?;
        let max_age = settings.read(
            "jwks_max_age_seconds",
            "300",
            within(1..=86_400),
            "Time that verifiers may cache the public keys, in seconds",
        )?;
        Self::new(days, max_age)
    }

    fn new(days: u32, max_age: u32) -> Result<Self, ConfigError> {
        let (max_age, leeway) = (TimeDelta::seconds(max_age.into()), TimeDelta::seconds(LEEWAY));
        let times = Self {
            max_age,
            period: TimeDelta::days(days.into()),
            lead: max_age * 2 + leeway,
            retention: TimeDelta::seconds(MAX_TOKEN_SECONDS.cast_signed())
                + leeway
                + PROPAGATION_LIMIT,
        };
        let shortest = times.lead + times.retention;
        if times.period < shortest {
            let shortest = (shortest + TimeDelta::days(1) - TimeDelta::nanoseconds(1)).num_days();
            return Err(ConfigError(format!(
                "signing_key_days must be at least {shortest} with this jwks_max_age_seconds: a key is published for twice that time before it signs, and for a day afterwards",
            )));
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_deleted_before_the_successor_of_its_successor_is_created() {
        for (days, max_age) in [(2, 1), (2, 300), (2, 42_000), (3, 86_000), (90, 86_400)] {
            let times = KeyTimes::new(days, max_age).expect("valid settings");
            assert!(times.lead >= times.max_age * 2);
            assert!(times.period - times.lead >= times.retention);
        }
        let refused = KeyTimes::new(2, 86_400).expect_err("too short").to_string();
        assert!(refused.starts_with("signing_key_days must be at least 4 with"), "{refused}");
        assert!(KeyTimes::new(3, 86_400).is_err() && KeyTimes::new(4, 86_400).is_ok());
    }
}
