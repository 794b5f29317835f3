//! Recently recorded client addresses, in memory, so that most tokens write nothing to the usage by
//! day.
//!
//! An entry says that this process committed the day of a credential and the address. It decides on
//! nothing: without an entry, which may have been evicted, both are written again.

use std::collections::BTreeSet;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use entity::CredentialId;
use moka::sync;

use super::{RowKey, Usage, day_of, key};

/// The maximum number of entries.
const ENTRIES: u64 = 100_000;

/// The time for which the last usage of an address is not written again.
const REFRESH: TimeDelta = TimeDelta::minutes(1);

/// A credential and, where addresses are stored, a client address.
type Source = (CredentialId, Option<IpAddr>);

/// The recently recorded client addresses.
pub(super) struct RecentUsage {
    sources_per_day: u32,
    recorded: sync::Cache<Source, DateTime<Utc>>,
}

/// What a batch has to write to the usage by day.
pub(super) struct Due {
    pub now: DateTime<Utc>,
    pub sources_per_day: u32,
    /// The credentials whose day may not have been recorded.
    pub credentials: BTreeSet<RowKey>,
    /// The client addresses of these credentials; empty if none are stored.
    pub sources: BTreeSet<(RowKey, IpAddr)>,
    recorded: Vec<Source>,
}

impl RecentUsage {
    pub(super) fn new(sources_per_day: u32) -> Self {
        Self { sources_per_day, recorded: sync::Cache::new(ENTRIES) }
    }

    /// What these usages have to write.
    pub(super) fn due<'a>(
        &self,
        usages: impl Iterator<Item = &'a Usage>,
        now: DateTime<Utc>,
    ) -> Due {
        let mut due = Due {
            now,
            sources_per_day: self.sources_per_day,
            credentials: BTreeSet::new(),
            sources: BTreeSet::new(),
            recorded: Vec::new(),
        };
        for Usage { credential, client } in usages {
            let address = (self.sources_per_day > 0).then_some(client.address);
            let source = (credential.id.clone(), address);
            if self.is_recent(&source, now) {
                continue;
            }
            due.credentials.insert(key(credential));
            due.sources.extend(address.map(|address| (key(credential), address)));
            due.recorded.push(source);
        }
        due
    }

    fn is_recent(&self, source: &Source, now: DateTime<Utc>) -> bool {
        let Some(at) = self.recorded.get(source) else { return false };
        let is_fresh = source.1.is_none() || now - at < REFRESH;
        is_fresh && day_of(at) == day_of(now)
    }

    /// Adds the due rows that are committed.
    pub(super) fn add(&self, due: Due) {
        for source in due.recorded {
            self.recorded.insert(source, due.now);
        }
    }
}

impl Due {
    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.credentials.is_empty()
    }
}
