//! Subscriptions of the process: their connections, their end with the server, and the changes that
//! they wait for. What a subscriber may see is decided by the domain.

mod usage_changes;

use tokio::sync::watch;

use crate::config::Config;
use crate::network::ConnectionLimits;
use crate::store::Db;
pub use usage_changes::{Usage, UsageChanges};

/// The subscriptions of the process.
pub struct Subscriptions {
    /// WebSocket connections and event streams, in total and per client address.
    pub connections: ConnectionLimits,
    /// Changes of the usage of credentials.
    pub usage: UsageChanges,
    is_closing: watch::Sender<bool>,
}

impl Subscriptions {
    /// No subscriptions yet.
    #[must_use]
    pub fn new(config: &Config, db: &Db) -> Self {
        let limits = &config.graphql.streams;
        let exempt = config.server.trusted_proxies.clone();
        Self {
            connections: ConnectionLimits::new(limits.total, limits.per_address, exempt),
            usage: UsageChanges::new(db),
            is_closing: watch::Sender::new(false),
        }
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
