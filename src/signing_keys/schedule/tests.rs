//! Statuses, planned keys and expiry.

use std::collections::BTreeSet;

use super::*;
use crate::config::Config;

const ES256: SigningAlgorithm = SigningAlgorithm::ES256;
const EDDSA: SigningAlgorithm = SigningAlgorithm::EdDSA;

fn times() -> KeyTimes {
    Config::load(None, [], &[]).expect("the defaults").tokens.key_times
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("an instant")
}

fn key(name: char, from: i64) -> signing_key::Model {
    let id = format!("k{}", name.to_string().repeat(25));
    signing_key::Model {
        id: id.parse().expect("an id"),
        algorithm: "ES256".to_owned(),
        public_jwk: String::new(),
        encrypted_private_key: Vec::new(),
        created_at: at(0),
        activates_at: at(from),
    }
}

/// The names of the keys in order.
fn names(ids: Vec<SigningKeyId>) -> String {
    let names: BTreeSet<_> = ids.iter().filter_map(|id| id.as_str().chars().nth(1)).collect();
    names.into_iter().collect()
}

#[test]
fn the_newest_activated_key_is_current() {
    use KeyStatus::{Current, Next, Previous};
    let schedule = KeySchedule::new(vec![key('a', 0), key('c', 20), key('b', 10)]);
    for (now, expected) in [
        (-1, [Next, Next, Current]),
        (0, [Next, Next, Current]),
        (10, [Next, Current, Previous]),
        (19, [Next, Current, Previous]),
        (20, [Current, Previous, Previous]),
    ] {
        let status: Vec<_> = schedule.statuses(at(now)).map(|(_, status)| status).collect();
        assert_eq!(status, expected, "{now}");
    }
}

#[test]
fn a_key_is_planned_ahead_of_its_activation_and_one_at_a_time() {
    let (times, now) = (times(), at(0));
    let planned = |keys: &[&signing_key::Model], trigger, configured| {
        let keys = keys.iter().map(|&key| key.clone()).collect();
        KeySchedule::new(keys).planned(trigger, configured, &times, now)
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

    // A later key activates later.
    let latest = key('c', times.lead.num_seconds());
    let after_latest = latest.activates_at + TimeDelta::microseconds(1);
    let planned = planned(&[&young, &latest], Trigger::Start, EDDSA);
    assert_eq!(planned.map(|it| it.activates_at), Some(after_latest));
}

#[test]
fn a_key_expires_with_the_longest_token_that_it_can_have_signed() {
    let times = times();
    let retention = times.retention.num_seconds();
    let schedule = KeySchedule::new(vec![key('a', 0), key('b', 10), key('c', 20)]);
    for (now, expired) in [(retention + 9, ""), (retention + 10, "a"), (retention + 20, "ab")] {
        assert_eq!(names(schedule.expired(&times, at(now))), expired);
    }
    let only = KeySchedule::new(vec![key('a', 0)]);
    assert_eq!(only.expired(&times, at(10 * retention)), []);
}
