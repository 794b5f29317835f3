//! Graceful shutdown: its signals, and its steps for connections.

use std::io;
use std::time::Duration;

use tokio::sync::watch;

use crate::subscriptions::Subscriptions;

/// Time for requests in progress to complete after the last connection was accepted.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for aborted connections to close.
const ABORT_TIMEOUT: Duration = Duration::from_millis(500);

/// State of all connections during a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Connections are served.
    Open,
    /// Connections close after their requests in progress.
    Draining,
    /// Connections close at once.
    Aborted,
}

/// Completes when the process receives SIGTERM or SIGINT.
///
/// # Errors
/// The signal handlers cannot be installed.
pub fn shutdown_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Closes all connections: first those of subscriptions and those without requests, and after a time
/// limit the others.
pub async fn drain(phase: watch::Sender<Phase>, subscriptions: &Subscriptions) {
    phase.send_replace(Phase::Draining);
    let closed = async { tokio::join!(phase.closed(), subscriptions.close()) };
    if tokio::time::timeout(DRAIN_TIMEOUT, closed).await.is_err() {
        tracing::warn!("requests aborted at the time limit of the shutdown");
        phase.send_replace(Phase::Aborted);
        // A connection that is still open has no request any more.
        let _ = tokio::time::timeout(ABORT_TIMEOUT, phase.closed()).await;
    }
}
