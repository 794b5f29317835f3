//! The schedule: the next, current, previous and expired keys, derived from the rows and the clock.
//!
//! A row is written long before its key activates, and contains the activation time. At that time
//! nothing has to happen: each replica derives the same current key from its clock. So there is no
//! leader, and no statement whose failure could delay a rotation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{SigningKeyId, signing_key};

use crate::config::{KeyTimes, SigningAlgorithm};

/// The keys of this installation, the newest first.
#[derive(Clone, Debug, Default)]
pub struct KeySchedule(Vec<signing_key::Model>);

/// The status of a key at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// The key is published and does not sign yet.
    Next,
    /// The key signs.
    Current,
    /// The key has signed, and is published for verification.
    Previous,
}

/// The reason for checking whether a key is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The start of a replica. Only this trigger plans a key of another algorithm: otherwise
    /// replicas with different settings, during a roll-out, would create keys in alternation.
    Start,
    /// The periodic maintenance.
    Maintenance,
    /// A command of the operator.
    Command,
}

/// A key to create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedKey {
    /// The signing algorithm.
    pub algorithm: SigningAlgorithm,
    /// The activation time.
    pub activates_at: DateTime<Utc>,
}

impl KeySchedule {
    /// The schedule of these rows, in any order.
    #[must_use]
    pub fn new(mut rows: Vec<signing_key::Model>) -> Self {
        rows.sort_by(|a, b| (b.activates_at, &b.id).cmp(&(a.activates_at, &a.id)));
        Self(rows)
    }

    /// All keys, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &signing_key::Model> {
        self.0.iter()
    }

    /// The key with the latest activation time.
    #[must_use]
    pub fn newest(&self) -> Option<&signing_key::Model> {
        self.0.first()
    }

    /// The key that signs at `now`. The first key of an installation also signs before its
    /// activation time, because the clock of the replica that created it may be ahead.
    #[must_use]
    pub fn current(&self, now: DateTime<Utc>) -> Option<&signing_key::Model> {
        self.iter().find(|key| key.activates_at <= now).or(self.0.last())
    }

    /// All keys with their status at `now`, the newest first.
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

    /// The key to create, if any; `configured` is the algorithm of the settings.
    #[must_use]
    pub fn planned(
        &self,
        trigger: Trigger,
        configured: SigningAlgorithm,
        times: &KeyTimes,
        now: DateTime<Utc>,
    ) -> Option<PlannedKey> {
        let Some(newest) = self.newest() else {
            // No verifier has a copy of earlier keys, so the first key may sign at once.
            return Some(PlannedKey { algorithm: configured, activates_at: now });
        };
        let activates_at = newest.activates_at;
        // Only a server changes the algorithm: a command may have other settings by mistake.
        let same = SigningAlgorithm::named(&newest.algorithm).unwrap_or(configured);
        let (is_due, algorithm) = match trigger {
            Trigger::Start => (newest.algorithm != configured.name(), configured),
            Trigger::Maintenance => (activates_at + times.period <= now + times.lead, same),
            Trigger::Command => (activates_at <= now, same),
        };
        let after_newest = activates_at + TimeDelta::microseconds(1);
        is_due.then(|| PlannedKey { algorithm, activates_at: after_newest.max(now + times.lead) })
    }

    /// The keys whose tokens have all expired.
    #[must_use]
    pub fn expired(&self, times: &KeyTimes, now: DateTime<Utc>) -> Vec<SigningKeyId> {
        let (mut superseded_at, mut expired) = (None, Vec::new());
        for key in self.iter() {
            if superseded_at.is_some_and(|at: DateTime<Utc>| at + times.retention <= now) {
                expired.push(key.id.clone());
            }
            superseded_at = Some(key.activates_at);
        }
        expired
    }
}

#[cfg(test)]
mod tests;
