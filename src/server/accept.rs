//! Accept loop.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::connection::{self, ServerState, Timeouts};
use super::open_file_limit;
use super::shutdown::{self, Phase};
use super::tls::Tls;
use crate::app::App;
use crate::network::{ConnectionLimits, LimitReached};
use crate::subscriptions::MAX_HANDSHAKES;
use crate::telemetry::LogThrottle;

/// Pause after a failed accept: the missing resource is free again once another connection closes.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Open files besides those of connections and the database.
const OTHER_FILES: usize = 64;

/// Open files of each connection to the database: SQLite has three.
const FILES_PER_DATABASE_CONNECTION: usize = 3;

/// A server that accepts connections.
pub struct Server {
    state: Arc<ServerState>,
    limits: ConnectionLimits,
    phase: watch::Sender<Phase>,
    rejected: LogThrottle,
    failed: LogThrottle,
}

impl Server {
    /// # Errors
    /// The certificate or the key is not usable.
    pub fn new(app: App, router: Router) -> io::Result<Self> {
        let settings = &app.config.server;
        let tls = settings.tls.clone().map(Tls::load).transpose()?;
        let timeouts = Timeouts {
            header: settings.header_timeout,
            idle: settings.idle_timeout,
            write: settings.write_timeout,
        };
        let files = app.config.database.max_connections as usize * FILES_PER_DATABASE_CONNECTION
            + app.config.graphql.streams.total
            + MAX_HANDSHAKES;
        let limits = ConnectionLimits::new(
            open_file_limit::raise(settings.max_connections, files + OTHER_FILES),
            settings.max_connections_per_address,
            app.config.server.trusted_proxies.clone(),
        );
        let state = ServerState { app, router, timeouts, tls, http: connection::http() };
        Ok(Self {
            state: Arc::new(state),
            limits,
            phase: watch::Sender::new(Phase::Open),
            rejected: LogThrottle::default(),
            failed: LogThrottle::default(),
        })
    }

    /// Serves until `shutdown`, then stops in steps: reports itself as not ready, closes the
    /// listener, and drains the connections.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = shutdown => {}
            never = self.accept(&listener) => match never {},
            never = self.watch_certificate() => match never {},
        }
        let delay = self.state.app.config.server.shutdown_delay;
        tracing::info!(delay_seconds = delay.as_secs(), "shutdown started, not ready");
        self.state.app.stopping.store(true, Ordering::Relaxed);
        // An error means that the delay is over.
        let _ = tokio::time::timeout(delay, self.accept(&listener)).await;
        // Connections that wait in the backlog are served, too.
        while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
            self.start(stream, peer);
        }
        drop(listener);
        tracing::info!("listener closed, completing requests in progress");
        shutdown::drain(self.phase, &self.state.app.subscriptions).await;
    }

    async fn accept(&self, listener: &TcpListener) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.start(stream, peer),
                Err(error) if is_closed_by_peer(&error) => {}
                Err(error) => {
                    if let Some(failed) = self.failed.count() {
                        tracing::error!(error.cause = %error, failed, "accept failed");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    fn start(&self, stream: TcpStream, peer: SocketAddr) {
        let permit = match self.limits.acquire(peer.ip()) {
            Ok(permit) => permit,
            Err(reached) => return self.log_rejected(peer, reached),
        };
        let (state, phase) = (Arc::clone(&self.state), self.phase.subscribe());
        tokio::spawn(async move {
            connection::run(state, stream, peer, phase).await;
            drop(permit);
        });
    }

    fn log_rejected(&self, peer: SocketAddr, reached: LimitReached) {
        let Some(closed) = self.rejected.count() else { return };
        let (address, limit) = (peer.ip(), self.limits.limit(reached));
        match reached {
            LimitReached::Total => {
                tracing::warn!(client.address = %address, limit, closed, "connection limit reached");
            }
            LimitReached::PerAddress => {
                tracing::warn!(client.address = %address, limit, closed, "connection limit per address reached");
            }
        }
    }

    async fn watch_certificate(&self) -> Infallible {
        match &self.state.tls {
            Some(tls) => tls.watch().await,
            None => std::future::pending().await,
        }
    }
}

/// Whether the peer closed its connection before it was accepted.
fn is_closed_by_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}
