//! Checks of the signing keys: whether they can be decrypted, and when they rotate.

use chrono::{DateTime, TimeDelta, Utc};
use entity::signing_key;

use crate::clock::{self, Clock, LEEWAY};
use crate::config::{Config, Finding, KeyTimes, MasterKeys, PROPAGATION_LIMIT};
use crate::signing_keys::{self, KeySchedule, KeyStatus};
use crate::store::Db;

const CHECK: &str = "signing_keys";

/// The findings on signing keys.
pub async fn review(config: &Config, db: &Db, clock: &Clock) -> Vec<Finding> {
    match signing_keys::all(db.reader()).await {
        Ok(keys) => {
            let mut findings = locked(&keys, config.master_keys.as_ref(), clock.now());
            findings.push(schedule(&keys, &config.tokens.key_times, clock.now()));
            findings
        }
        Err(error) => vec![super::unreadable_database(CHECK, error)],
    }
}

/// Keys that the master keys do not decrypt. Previous keys are needed for re-encryption only.
fn locked(keys: &KeySchedule, masters: Option<&MasterKeys>, now: DateTime<Utc>) -> Vec<Finding> {
    let Some(masters) = masters else { return Vec::new() };
    let locked = keys.statuses(now).filter(|(key, _)| !signing_keys::decrypts(masters, key));
    let finding = |(key, status): (&signing_key::Model, _)| {
        let message = format!("the master keys do not decrypt {}", key.id);
        let action = "add the master key that encrypted it";
        match status {
            KeyStatus::Current | KeyStatus::Next => Finding::problem(CHECK, message, action),
            KeyStatus::Previous => Finding::warning(CHECK, message, action),
        }
    };
    locked.map(finding).collect()
}

/// The finding on the current key and its successor.
fn schedule(keys: &KeySchedule, times: &KeyTimes, now: DateTime<Utc>) -> Finding {
    let Some(current) = keys.current(now) else {
        return Finding::warning(
            CHECK,
            "no signing key exists",
            "start `postern serve`, which creates one",
        );
    };
    let (id, from) = (&current.id, current.activates_at);
    // The first key may have been created by a server whose clock is slightly ahead.
    if from > now + TimeDelta::seconds(LEEWAY) {
        let message = format!("no signing key is active before {}", clock::to_rfc3339(from));
        return Finding::problem(CHECK, message, "check the clock of this machine");
    }
    let next = keys.statuses(now).filter(|(_, status)| *status == KeyStatus::Next).last();
    if let Some((next, _)) = next {
        let at = clock::to_rfc3339(next.activates_at);
        return Finding::ok(CHECK, format!("{id} signs; {} signs from {at}", next.id));
    }
    let (created, until) = (from + times.period - times.lead, from + times.period);
    let [at, until] = [created, until].map(clock::to_rfc3339);
    if created + PROPAGATION_LIMIT < now {
        let message = format!("{id} signs; its successor was due at {at}");
        return Finding::warning(CHECK, message, "check the logs of the servers");
    }
    let message = format!("{id} signs until {until}; its successor is created at {at}");
    Finding::ok(CHECK, message)
}
