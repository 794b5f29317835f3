//! The audit log, for those who wait for new audit events of an organization.

mod recent;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::{OrganizationId, audit_event};
use tokio::sync::{Notify, watch};

use crate::error::Result;
use recent::Recent;
pub use recent::{BATCH_SIZE, Batch};

/// An event and its position in the log.
pub type LogEvent = (i64, Arc<audit_event::Model>);

/// New audit events: those of this replica are known at once, those of other replicas within a second.
pub struct AuditLog {
    recorded: Notify,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    /// The position up to which the subscribers were woken.
    position: i64,
    /// The organizations with subscribers.
    organizations: HashMap<OrganizationId, Arc<OrganizationLog>>,
}

/// The log of an organization with subscribers.
struct OrganizationLog {
    /// The last position of the log when the organization was found to have new events.
    last: watch::Sender<i64>,
    /// The recent events. A lock is held while they are read, so that one subscriber reads for all.
    recent: tokio::sync::Mutex<Recent<Arc<audit_event::Model>>>,
}

/// A subscriber's view of the log of its organization.
pub struct LogWatch {
    log: Arc<OrganizationLog>,
    last: watch::Receiver<i64>,
}

impl AuditLog {
    /// A log without subscribers.
    pub(super) fn new() -> Self {
        Self { recorded: Notify::new(), watched: Mutex::default() }
    }

    /// Wakes the sequencer: this replica has committed events.
    pub fn record(&self) {
        self.recorded.notify_one();
    }

    /// Waits until this replica has committed events since the last call, for one caller.
    pub async fn recorded(&self) {
        self.recorded.notified().await;
    }

    /// Watches the log of an organization. The entries are bounded by the number of subscriptions.
    #[must_use]
    pub fn watch(&self, organization: &OrganizationId) -> LogWatch {
        let mut watched = self.watched();
        let log = watched.organizations.entry(organization.clone()).or_insert_with(|| {
            let recent = tokio::sync::Mutex::default();
            Arc::new(OrganizationLog { last: watch::Sender::new(0), recent })
        });
        LogWatch { log: Arc::clone(log), last: log.last.subscribe() }
    }

    /// The position after which the events up to `last` have subscribers to be woken; `None` if nobody
    /// waits for them. Forgets organizations without subscribers.
    #[must_use]
    pub fn unreported(&self, last: i64) -> Option<i64> {
        let mut watched = self.watched();
        watched.organizations.retain(|_, log| log.last.receiver_count() > 0);
        if watched.organizations.is_empty() {
            watched.position = last;
        }
        (watched.position < last).then_some(watched.position)
    }

    /// Wakes the subscribers of the organizations with events up to `last`; `None` stands for all.
    pub fn report(&self, last: i64, organizations: Option<&HashSet<OrganizationId>>) {
        let mut watched = self.watched();
        watched.position = last.max(watched.position);
        for (id, log) in &watched.organizations {
            if organizations.is_none_or(|organizations| organizations.contains(id)) {
                log.last.send_modify(|known| *known = last.max(*known));
            }
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogWatch {
    /// Completes when there may be new events.
    pub async fn changed(&mut self) {
        if self.last.changed().await.is_err() {
            // The process ends.
            std::future::pending::<()>().await;
        }
    }

    /// The next events after `position`, from memory if another subscriber has read them. `read` reads
    /// the first events after a position, at most [`BATCH_SIZE`].
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn next<F: Future<Output = Result<Vec<LogEvent>>>>(
        &mut self,
        position: i64,
        read: impl FnOnce(i64) -> F,
    ) -> Result<Batch<Arc<audit_event::Model>>> {
        let last = *self.last.borrow_and_update();
        let mut recent = self.log.recent.lock().await;
        if recent.has_dropped(position) {
            drop(recent);
            return Ok(Batch::of(read(position).await?));
        }
        recent.begin_at(position);
        if recent.must_read(position, last) {
            let events = read(recent.end()).await?;
            recent.extend(events, last);
        }
        Ok(recent.after(position, last))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn organization(letter: &str) -> OrganizationId {
        format!("o{}", letter.repeat(25)).parse().expect("an id")
    }

    #[test]
    fn new_events_wake_the_subscribers_of_their_organization_alone() {
        let log = AuditLog::new();
        let (mut first, mut second) =
            (log.watch(&organization("a")), log.watch(&organization("b")));
        assert_eq!(log.unreported(7), Some(0));
        log.report(7, Some(&HashSet::from([organization("a")])));
        assert!(first.changed().now_or_never().is_some());
        assert!(second.changed().now_or_never().is_none());
        assert_eq!((log.unreported(7), log.unreported(8)), (None, Some(7)));
        log.report(8, None);
        assert!(first.changed().now_or_never().is_some());
        assert!(second.changed().now_or_never().is_some());
    }

    #[test]
    fn an_organization_without_subscribers_is_forgotten() {
        let log = AuditLog::new();
        let watch = log.watch(&organization("a"));
        assert_eq!(log.unreported(7), Some(0));
        drop(watch);
        assert_eq!(log.unreported(7), None);
        assert!(log.watched().organizations.is_empty());
    }
}
