//! Attempts that were denied or failed, counted in memory until they are written as audit events.
//!
//! Nobody can fill the database with them: equal attempts within a minute are one or two events, one
//! for the first attempt at once and one for the number of its repetitions. A caller, a client or a
//! network has at most [`GROUP_LIMIT`] different ones within a minute, an organization
//! [`ORGANIZATION_LIMIT`], and a replica [`TOTAL_LIMIT`]; those beyond are counted together, without
//! their targets. Counting takes a lock for a moment and never waits for the database.

mod attempt;
mod windows;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::clock::Clock;
pub use attempt::{Attempt, By, SEVERAL_REASONS};
pub use windows::Counted;
use windows::Windows;

/// The most different attempts of one caller, client or network within a minute.
pub const GROUP_LIMIT: usize = 100;

/// The most different attempts in one organization within a minute, so that it does not take the room of
/// others; a tenth as many sums are counted in addition.
pub const ORGANIZATION_LIMIT: usize = 1_000;

/// The most different attempts within a minute; a fifth as many sums are counted in addition.
pub const TOTAL_LIMIT: usize = 10_000;

/// The most windows of a minute in memory, sums included. Each becomes one or two audit events.
pub const MAX_WINDOWS: usize = TOTAL_LIMIT + TOTAL_LIMIT / 5;

/// Counts attempts of a process.
pub struct Rejections {
    clock: Clock,
    windows: Mutex<Windows>,
    /// Attempts that were not counted, because even the sums were too many.
    dropped: AtomicU64,
    first: Notify,
    /// Counted attempts whose events are being written; they are written again after a failure.
    pub unwritten: tokio::sync::Mutex<Vec<Counted>>,
}

impl Rejections {
    /// Counts attempts at the time of `clock`.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            windows: Mutex::default(),
            dropped: AtomicU64::new(0),
            first: Notify::new(),
            unwritten: tokio::sync::Mutex::default(),
        }
    }

    /// Counts an attempt of a request.
    pub fn count(&self, attempt: Attempt, request_id: &Arc<str>, address: Option<IpAddr>) {
        let now = self.clock.now();
        match self.windows().count(attempt, now, request_id, address) {
            windows::Placed::New => self.first.notify_one(),
            windows::Placed::Counted => {}
            windows::Placed::Dropped => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits for the first attempt of its kind, or for `pause`.
    pub async fn wait(&self, pause: Duration) {
        // Both outcomes are followed by the same work.
        let _ = tokio::time::timeout(pause, self.first.notified()).await;
    }

    /// Removes the attempts whose events are due: those of `all` windows, or new ones and the
    /// repetitions of windows that have ended.
    #[must_use]
    pub fn take(&self, all: bool) -> Vec<Counted> {
        let now = if all { DateTime::<Utc>::MAX_UTC } else { self.clock.now() };
        self.windows().take(now)
    }

    /// The number of attempts since the last call that were not counted.
    #[must_use]
    pub fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
