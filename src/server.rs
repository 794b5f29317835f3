//! HTTP server: accepts connections and serves all surfaces behind one router.

mod accept;
mod access_log;
mod body_timeout;
pub mod compression;
mod connection;
mod cors;
pub mod error_responses;
mod health;
mod layers;
pub mod maintenance;
mod open_file_limit;
pub mod openapi;
mod panics;
mod request_timeout;
mod router;
mod security_headers;
mod shutdown;
mod start_page;
mod tls;

use std::io;

use tokio::net::TcpListener;

use crate::app::App;
use crate::config::Config;
pub use router::router;
pub use shutdown::shutdown_signal;

/// Checks the TLS certificate and its key, so that an error is reported before the server starts.
///
/// # Errors
/// The certificate or the key is not usable.
pub fn check(config: &Config) -> io::Result<()> {
    config.server.tls.clone().map(tls::Tls::load).transpose().map(drop)
}

/// Serves until `shutdown`, then completes the requests in progress.
///
/// # Errors
/// The certificate or the key is not usable.
pub async fn run(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let server = accept::Server::new(app.clone(), router(app.clone()))?;
    tokio::select! {
        () = server.run(listener, shutdown) => Ok(()),
        never = maintenance::run(app) => match never {},
    }
}
