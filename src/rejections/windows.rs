//! Windows of a minute in which equal attempts are counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::AuditEventId;

use super::attempt::{Attempt, Group};
use super::{MAX_WINDOWS, ORGANIZATION_LIMIT, TOTAL_LIMIT};
use crate::random;

/// The length of a window.
const WINDOW: TimeDelta = TimeDelta::seconds(60);

/// The most sums in memory, half of which are for sums over an organization.
const SUMS: usize = MAX_WINDOWS - TOTAL_LIMIT;

/// The most attempts and sums of groups of one organization.
const OF_ORGANIZATION: usize = ORGANIZATION_LIMIT + ORGANIZATION_LIMIT / 10;

/// An attempt with the number of its repetitions: one audit event.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The id of the event.
    pub id: AuditEventId,
    /// The attempt.
    pub attempt: Attempt,
    /// The number of attempts.
    pub count: i64,
    /// The time of the last attempt.
    pub at: DateTime<Utc>,
    /// The request of the first attempt.
    pub request_id: Arc<str>,
    /// The client address of the first attempt.
    pub address: Option<IpAddr>,
}

/// Where an attempt was counted.
#[derive(Debug, PartialEq, Eq)]
pub enum Placed {
    /// As the first of its window.
    New,
    /// As a repetition, or in a sum.
    Counted,
    /// Nowhere.
    Dropped,
}

/// The windows under way.
#[derive(Default)]
pub struct Windows {
    windows: HashMap<Attempt, Window>,
    /// The number of windows of each group.
    groups: HashMap<Group, usize>,
}

struct Window {
    ends_at: DateTime<Utc>,
    groups: Vec<Group>,
    /// Attempts that are not taken yet.
    pending: Option<Pending>,
    /// Whether the first attempt was taken.
    is_taken: bool,
}

struct Pending {
    count: i64,
    at: DateTime<Utc>,
    request_id: Arc<str>,
    address: Option<IpAddr>,
}

impl Windows {
    /// Counts an attempt in its window, or beyond a limit in a sum.
    pub fn count(
        &mut self,
        attempt: Attempt,
        now: DateTime<Utc>,
        request_id: &Arc<str>,
        address: Option<IpAddr>,
    ) -> Placed {
        let pending = || Pending { count: 1, at: now, request_id: Arc::clone(request_id), address };
        if let Some(window) = self.windows.get_mut(&attempt) {
            window.add(pending());
            return Placed::Counted;
        }
        let (windows, groups) = (self.windows.len(), attempt.groups());
        let counted = |group: &Group| self.groups.get(group).copied().unwrap_or(0);
        let has_room = windows < TOTAL_LIMIT && groups.iter().all(|it| counted(it) < it.limit());
        let organization = Vec::from_iter(attempt.organization_group());
        let sum_has_room = windows < TOTAL_LIMIT + SUMS / 2
            && organization.iter().all(|it| counted(it) < OF_ORGANIZATION);
        let (of_group, of_all) = (attempt.sum_of_group(), attempt.sum_of_organization());
        for (attempt, groups, has_room) in [
            (attempt, groups, has_room),
            (of_group, organization, sum_has_room),
            (of_all, Vec::new(), windows < MAX_WINDOWS),
        ] {
            if let Some(window) = self.windows.get_mut(&attempt) {
                window.add(pending());
                return Placed::Counted;
            }
            if has_room {
                for group in &groups {
                    *self.groups.entry(group.clone()).or_default() += 1;
                }
                let (ends_at, pending) = (now + WINDOW, Some(pending()));
                self.windows.insert(attempt, Window { ends_at, groups, pending, is_taken: false });
                return Placed::New;
            }
        }
        Placed::Dropped
    }

    /// Removes first attempts, and at the end of their windows the repetitions.
    pub fn take(&mut self, now: DateTime<Utc>) -> Vec<Counted> {
        let (mut due, groups) = (Vec::new(), &mut self.groups);
        self.windows.retain(|attempt, window| {
            let has_ended = window.ends_at <= now;
            if (has_ended || !window.is_taken)
                && let Some(Pending { count, at, request_id, address }) = window.pending.take()
            {
                let attempt = attempt.clone();
                due.push(Counted { id: random::id(), attempt, count, at, request_id, address });
                window.is_taken = true;
            }
            if has_ended {
                window.groups.iter().for_each(|group| leave(groups, group));
            }
            !has_ended
        });
        due
    }
}

impl Window {
    fn add(&mut self, one: Pending) {
        match &mut self.pending {
            Some(pending) => {
                pending.count += 1;
                pending.at = one.at;
            }
            None => self.pending = Some(one),
        }
    }
}

fn leave(groups: &mut HashMap<Group, usize>, group: &Group) {
    if let Some(windows) = groups.get_mut(group) {
        *windows -= 1;
        if *windows == 0 {
            groups.remove(group);
        }
    }
}

#[cfg(test)]
mod tests;
