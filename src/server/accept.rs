//! Accepting connections, and the end of it.

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

use super::connection::{self, Front, Limits, Phase};
use super::connections::{Connections, Full};
use super::open_files;
use super::tls::Tls;
use crate::app::App;
use crate::telemetry::LogThrottle;

/// How long requests may go on after the last connection was accepted.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// How long connections may take to end that were cut off.
const CUT_TIMEOUT: Duration = Duration::from_millis(500);

/// The pause after a failed attempt to accept: what it lacks comes back when others close.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Open files besides those of connections and the database.
const OTHER_FILES: usize = 64;

/// Open files for each connection to the database: SQLite has three.
const FILES_PER_DATABASE_CONNECTION: usize = 3;

/// A server that accepts connections.
pub struct Server {
    front: Arc<Front>,
    connections: Connections,
    phase: watch::Sender<Phase>,
    refused: LogThrottle,
    failed: LogThrottle,
}

impl Server {
    /// # Errors
    /// Certificate or key cannot be used.
    pub fn new(app: App, router: Router) -> io::Result<Self> {
        let settings = &app.config.front;
        let tls = settings.tls.clone().map(Tls::load).transpose()?;
        let limits = Limits {
            header: settings.header_timeout,
            idle: settings.idle_timeout,
            write: settings.write_timeout,
        };
        let files = app.config.database.max_connections as usize * FILES_PER_DATABASE_CONNECTION;
        let connections = Connections::new(
            open_files::reserve(settings.max_connections, files + OTHER_FILES),
            settings.max_connections_per_address,
            app.config.trusted_proxies.clone(),
        );
        let front = Front { app, router, limits, tls, http: connection::http() };
        Ok(Self {
            front: Arc::new(front),
            connections,
            phase: watch::Sender::new(Phase::Open),
            refused: LogThrottle::default(),
            failed: LogThrottle::default(),
        })
    }

    /// Serves until `shutdown`, then stops in steps: not ready, no new connections, no more
    /// requests, the end.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = shutdown => {}
            never = self.accept(&listener) => match never {},
            never = self.watch_certificate() => match never {},
        }
        let delay = self.front.app.config.front.shutdown_delay;
        tracing::info!(delay_seconds = delay.as_secs(), "stopping: not ready from now on");
        self.front.app.stopping.store(true, Ordering::Relaxed);
        // An error means that the delay is over.
        let _ = tokio::time::timeout(delay, self.accept(&listener)).await;
        while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
            self.start(stream, peer);
        }
        drop(listener);
        tracing::info!("stopping: no new connections, requests under way are finished");
        self.drain().await;
    }

    /// Lets the requests under way end.
    async fn drain(self) {
        self.phase.send_replace(Phase::Closing);
        if tokio::time::timeout(DRAIN_TIMEOUT, self.phase.closed()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
            self.phase.send_replace(Phase::Cut);
            // They hold nothing that matters after that.
            let _ = tokio::time::timeout(CUT_TIMEOUT, self.phase.closed()).await;
        }
    }

    async fn accept(&self, listener: &TcpListener) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.start(stream, peer),
                Err(error) if is_of_peer(&error) => {}
                Err(error) => {
                    if let Some(failed) = self.failed.count() {
                        tracing::error!(error.cause = %error, failed, "connections cannot be accepted");
                    }
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    fn start(&self, stream: TcpStream, peer: SocketAddr) {
        let slot = match self.connections.admit(peer.ip()) {
            Ok(slot) => slot,
            Err(full) => return self.refuse(peer, full),
        };
        let (front, phase) = (Arc::clone(&self.front), self.phase.subscribe());
        tokio::spawn(async move {
            connection::run(front, stream, peer, phase).await;
            drop(slot);
        });
    }

    /// Logs that a connection was closed at once.
    fn refuse(&self, peer: SocketAddr, full: Full) {
        let Some(closed) = self.refused.count() else { return };
        let (address, limit) = (peer.ip(), self.connections.limit(full));
        match full {
            Full::All => {
                tracing::warn!(client.address = %address, limit, closed, "too many connections")
            }
            Full::Address => {
                tracing::warn!(client.address = %address, limit, closed, "too many connections from one address")
            }
        }
    }

    async fn watch_certificate(&self) -> Infallible {
        match &self.front.tls {
            Some(tls) => tls.watch().await,
            None => std::future::pending().await,
        }
    }
}

/// Whether the peer went away before its connection was accepted.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}
