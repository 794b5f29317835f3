//! Which key signs, which come, and which go: told by the rows and the clock alone.
//!
//! A row says from when its key signs, and is written once, long before. At that instant nothing
//! has to happen: each replica that looks at its clock comes to the same key. So there is no
//! leader, and no statement that could fail to make a key the current one.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{SigningKeyId, signing_key};

use crate::config::{KeyTimes, SigningAlgorithm};

/// The keys of this installation, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<signing_key::Model>);

/// What a key is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It is published and does not sign yet.
    Next,
    /// It signs.
    Current,
    /// It has signed.
    Previous,
}

/// Why somebody looks whether a key is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A replica starts. Only now it may ask for another algorithm: replicas that are set
    /// differently while a setting is changed would go on asking in turn.
    Start,
    /// Some time has gone by.
    Maintenance,
    /// The operator says so.
    Command,
}

/// A key that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedKey {
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// From when.
    pub activates_at: DateTime<Utc>,
}

impl Keys {
    /// Puts rows in order.
    #[must_use]
    pub fn new(mut rows: Vec<signing_key::Model>) -> Self {
        rows.sort_by(|a, b| (b.activates_at, &b.id).cmp(&(a.activates_at, &a.id)));
        Self(rows)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &signing_key::Model> {
        self.0.iter()
    }

    /// The one that is last to sign.
    #[must_use]
    pub fn newest(&self) -> Option<&signing_key::Model> {
        self.0.first()
    }

    /// The one that signs at `now`. The very first one also signs a little early, where its maker's clock
    /// is ahead.
    #[must_use]
    pub fn current(&self, now: DateTime<Utc>) -> Option<&signing_key::Model> {
        self.iter().find(|key| key.activates_at <= now).or(self.0.last())
    }

    /// All of them, with what they are at `now`.
    pub fn statuses(
        &self,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = (&signing_key::Model, KeyStatus)> {
        let current = self.current(now).map(|key| &key.id);
        self.iter().scan(KeyStatus::Next, move |status, key| {
            *status = match status {
                _ if Some(&key.id) == current => KeyStatus::Current,
                KeyStatus::Next => KeyStatus::Next,
                KeyStatus::Current | KeyStatus::Previous => KeyStatus::Previous,
            };
            Some((key, *status))
        })
    }

    /// The key that is to be made, if one is; `set` is the algorithm of the settings.
    #[must_use]
    pub fn planned(
        &self,
        trigger: Trigger,
        set: SigningAlgorithm,
        times: &KeyTimes,
        now: DateTime<Utc>,
    ) -> Option<PlannedKey> {
        let Some(newest) = self.newest() else {
            // Nobody holds a copy of keys that were not there.
            return Some(PlannedKey { algorithm: set, activates_at: now });
        };
        let from = newest.activates_at;
        // Only servers know what is set: a command may be run with other settings by mistake.
        let same = SigningAlgorithm::named(&newest.algorithm).unwrap_or(set);
        let (planned, algorithm) = match trigger {
            Trigger::Start => (newest.algorithm != set.name(), set),
            Trigger::Maintenance => (from + times.period <= now + times.lead, same),
            Trigger::Command => (from <= now, same),
        };
        let after_it = from + TimeDelta::microseconds(1);
        planned.then(|| PlannedKey { algorithm, activates_at: after_it.max(now + times.lead) })
    }

    /// The keys whose tokens have all expired.
    #[must_use]
    pub fn ended(&self, times: &KeyTimes, now: DateTime<Utc>) -> Vec<SigningKeyId> {
        let (mut superseded, mut ended) = (None, Vec::new());
        for key in self.iter() {
            if superseded.is_some_and(|at: DateTime<Utc>| at + times.kept <= now) {
                ended.push(key.id.clone());
            }
            superseded = Some(key.activates_at);
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const ES256: SigningAlgorithm = SigningAlgorithm::ES256;
    const EDDSA: SigningAlgorithm = SigningAlgorithm::EdDSA;

    fn times() -> KeyTimes {
        Config::load(None, [], &[]).expect("the defaults").key_times
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    fn key(name: char, from: i64) -> signing_key::Model {
        let id = format!("k{}", name.to_string().repeat(25));
        signing_key::Model {
            id: id.parse().expect("an id"),
            algorithm: "ES256".to_owned(),
            public_jwk: String::new(),
            sealed_private_key: Vec::new(),
            created_at: at(0),
            activates_at: at(from),
        }
    }

    fn names(ids: Vec<SigningKeyId>) -> String {
        ids.iter().filter_map(|id| id.as_str().chars().nth(1)).collect()
    }

    #[test]
    fn the_newest_of_those_that_have_begun_signs() {
        use KeyStatus::{Current, Next, Previous};
        let keys = Keys::new(vec![key('a', 0), key('c', 20), key('b', 10)]);
        for (now, expected) in [
            (-1, [Next, Next, Current]),
            (0, [Next, Next, Current]),
            (10, [Next, Current, Previous]),
            (19, [Next, Current, Previous]),
            (20, [Current, Previous, Previous]),
        ] {
            let status: Vec<_> = keys.statuses(at(now)).map(|(_, status)| status).collect();
            assert_eq!(status, expected, "{now}");
        }
    }

    #[test]
    fn a_key_is_wanted_ahead_of_its_time_and_one_at_a_time() {
        let (times, now) = (times(), at(0));
        let planned = |keys: &[&signing_key::Model], trigger, set| {
            let keys = keys.iter().map(|&key| key.clone()).collect();
            Keys::new(keys).planned(trigger, set, &times, now)
        };
        let first = Some(PlannedKey { algorithm: ES256, activates_at: now });
        let next = |algorithm| Some(PlannedKey { algorithm, activates_at: now + times.lead });
        assert_eq!(planned(&[], Trigger::Start, ES256), first);

        let due = (times.lead - times.period).num_seconds();
        let (young, old, coming) = (key('a', due + 1), key('a', due), key('b', 60));
        assert_eq!(planned(&[&young], Trigger::Maintenance, ES256), None);
        assert_eq!(planned(&[&old], Trigger::Maintenance, ES256), next(ES256));
        assert_eq!(planned(&[&old], Trigger::Maintenance, EDDSA), next(ES256));
        assert_eq!(planned(&[&old, &coming], Trigger::Maintenance, ES256), None);

        assert_eq!(planned(&[&old], Trigger::Start, ES256), None);
        assert_eq!(planned(&[&young], Trigger::Start, EDDSA), next(EDDSA));
        assert_eq!(planned(&[&young], Trigger::Command, EDDSA), next(ES256));
        assert_eq!(planned(&[&young, &coming], Trigger::Command, EDDSA), None);

        // Whatever comes later signs later.
        let latest = key('c', times.lead.num_seconds());
        let after_it = latest.activates_at + TimeDelta::microseconds(1);
        let planned = planned(&[&young, &latest], Trigger::Start, EDDSA);
        assert_eq!(planned.map(|it| it.activates_at), Some(after_it));
    }

    #[test]
    fn a_key_goes_when_the_longest_token_that_it_can_have_signed_has_ended() {
        let times = times();
        let kept = times.kept.num_seconds();
        let keys = Keys::new(vec![key('a', 0), key('b', 10), key('c', 20)]);
        for (now, gone) in [(kept + 9, ""), (kept + 10, "a"), (kept + 20, "ba")] {
            assert_eq!(names(keys.ended(&times, at(now))), gone);
        }
        let only = Keys::new(vec![key('a', 0)]);
        assert_eq!(only.ended(&times, at(10 * kept)), []);
    }
}
