//! The last known position of the audit log, for those who wait for new audit events.

use tokio::sync::{Notify, watch};

/// The last position of the audit log that this replica knows of: that of its own events at once,
/// that of other replicas within a second.
pub struct AuditLog {
    last: watch::Sender<i64>,
    recorded: Notify,
}

impl AuditLog {
    /// A log whose last position is unknown yet.
    pub(super) fn new() -> Self {
        Self { last: watch::Sender::new(0), recorded: Notify::new() }
    }

    /// A receiver that is notified when positions were assigned, of any organization.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.last.subscribe()
    }

    /// Wakes the sequencer: this replica has committed events.
    pub fn record(&self) {
        self.recorded.notify_one();
    }

    /// Waits until this replica has committed events since the last call, for one caller.
    pub async fn recorded(&self) {
        self.recorded.notified().await;
    }

    /// Wakes the receivers if `position` is a later one.
    pub fn advance(&self, position: i64) {
        self.last.send_if_modified(|last| {
            let is_later = position > *last;
            *last = position.max(*last);
            is_later
        });
    }
}
