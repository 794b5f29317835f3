//! Subscriptions of the process: their connections, their end with the server, and the changes that
//! they wait for. What a subscriber may see is decided by the domain.

mod deliveries;
mod operation_limit;
mod usage_changes;

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::config::Config;
use crate::network::ConnectionLimits;
use crate::store::Db;
pub use deliveries::{Deliveries, Delivery};
pub use operation_limit::{OperationLimit, OperationPermit};
pub use usage_changes::{Usage, UsageChanges};

/// The maximum number of WebSocket connections without an authenticated caller; each lasts for seconds.
pub const MAX_HANDSHAKES: usize = 500;

/// The maximum number of them from one client address.
const MAX_HANDSHAKES_PER_ADDRESS: usize = 50;

/// Callers are authenticated again at multiples of this time, so that many share a statement.
const CHECK_STEP: Duration = Duration::from_millis(100);

/// The subscriptions of the process.
pub struct Subscriptions {
    /// WebSocket connections and event streams, in total and per client address.
    pub connections: ConnectionLimits,
    /// WebSocket connections whose caller is not authenticated yet; they do not count as connections.
    pub handshakes: ConnectionLimits,
    /// Operations per service account.
    pub operations: OperationLimit,
    /// Changes of the usage of credentials.
    pub usage: UsageChanges,
    /// Events that are executed at a time.
    pub deliveries: Deliveries,
    started: Instant,
    is_closing: watch::Sender<bool>,
}

impl Subscriptions {
    /// No subscriptions yet.
    #[must_use]
    pub fn new(config: &Config, db: &Db) -> Self {
        let limits = &config.graphql.streams;
        let exempt = config.server.trusted_proxies.clone();
        let per_address = MAX_HANDSHAKES_PER_ADDRESS;
        Self {
            handshakes: ConnectionLimits::new(MAX_HANDSHAKES, per_address, exempt.clone()),
            connections: ConnectionLimits::new(limits.total, limits.per_address, exempt),
            operations: OperationLimit::new(limits.operations_per_account),
            usage: UsageChanges::new(db),
            deliveries: Deliveries::new(),
            started: Instant::now(),
            is_closing: watch::Sender::new(false),
        }
    }

    /// Completes after about `interval`, at the same moment for many callers.
    pub async fn next_check(&self, interval: Duration) {
        let due = self.started.elapsed() + interval;
        let steps = due.as_millis().div_ceil(CHECK_STEP.as_millis());
        let at = CHECK_STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX));
        tokio::time::sleep_until(self.started + at).await;
    }

    /// A receiver of the end of the server. The server waits for it to be dropped.
    #[must_use]
    pub fn until_close(&self) -> UntilClose {
        UntilClose(self.is_closing.subscribe())
    }

    /// Ends all subscriptions; completes when their connections are closed.
    pub async fn close(&self) {
        self.is_closing.send_replace(true);
        self.is_closing.closed().await;
    }
}

/// The end of the server.
pub struct UntilClose(watch::Receiver<bool>);

impl UntilClose {
    /// Completes when the server closes its subscriptions.
    pub async fn closing(&mut self) {
        // An error means that the process ends.
        let _ = self.0.wait_for(|is_closing| *is_closing).await;
    }
}
