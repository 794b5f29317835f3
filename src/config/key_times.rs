//! For how long signing keys are published, sign, and are kept.

use chrono::TimeDelta;

use super::{ConfigError, values};
use crate::clock::LEEWAY;

/// The longest life that a token can be given, in seconds.
pub const LONGEST_TOKEN: u64 = 86_400;

/// How long a replica may take to notice that another key signs: much longer than it usually takes.
pub const UNNOTICED: TimeDelta = TimeDelta::minutes(10);

/// For how long signing keys are published, sign, and are kept.
///
/// A key is published, signs, and is published still until its last token has ended. It is gone
/// before the one after its successor is made: at any time there are at most two keys, unless
/// the operator or another algorithm has asked for one more.
#[derive(Clone, Copy, Debug)]
pub struct KeyTimes {
    /// How long a copy of the published keys may be used.
    pub max_age: TimeDelta,
    /// How long a key signs.
    pub period: TimeDelta,
    /// How long it is published before: as long as a copy is used by a cache on the way and by
    /// the verifier behind it, and as far as clocks are apart.
    pub lead: TimeDelta,
    /// How long it is published after: as long as the longest token that any setting allows, so
    /// that no change of settings cuts a token off.
    pub kept: TimeDelta,
}

impl KeyTimes {
    pub(super) fn new(days: u32, max_age_seconds: u32) -> Result<Self, ConfigError> {
        let days = values::within("signing_key_days", 2..=3_650, days)?;
        let max_age = values::within("jwks_max_age_seconds", 1..=86_400, max_age_seconds)?;
        let (max_age, leeway) = (TimeDelta::seconds(max_age.into()), TimeDelta::seconds(LEEWAY));
        let times = Self {
            max_age,
            period: TimeDelta::days(days.into()),
            lead: max_age * 2 + leeway,
            kept: TimeDelta::seconds(LONGEST_TOKEN.cast_signed()) + leeway + UNNOTICED,
        };
        let shortest = times.lead + times.kept;
        if times.period < shortest {
            let shortest = (shortest + TimeDelta::days(1) - TimeDelta::nanoseconds(1)).num_days();
            return Err(ConfigError(format!(
                "signing_key_days must be at least {shortest} with this jwks_max_age_seconds: a key is published for twice as long before it signs, and for a day after",
            )));
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_gone_before_the_one_after_its_successor_is_made() {
        for (days, max_age) in [(2, 1), (2, 300), (2, 42_000), (3, 86_000), (90, 86_400)] {
            let times = KeyTimes::new(days, max_age).expect("settings that can be right");
            assert!(times.lead >= times.max_age * 2);
            assert!(times.period - times.lead >= times.kept);
        }
        let refused = KeyTimes::new(2, 86_400).expect_err("too short").to_string();
        assert!(refused.starts_with("signing_key_days must be at least 4 with"), "{refused}");
        assert!(KeyTimes::new(3, 86_400).is_err() && KeyTimes::new(4, 86_400).is_ok());
        for (days, max_age) in [(0, 300), (1, 300), (3_651, 300), (90, 0), (90, 86_401)] {
            assert!(KeyTimes::new(days, max_age).is_err(), "{days} {max_age}");
        }
    }
}
