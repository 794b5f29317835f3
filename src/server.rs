//! The HTTP server: all surfaces behind one router, and its life.

mod accept;
mod access_log;
pub mod compression;
mod connection;
mod connections;
mod cors;
pub mod fallback;
mod health;
mod layers;
mod maintenance;
mod open_files;
pub mod openapi;
mod security_headers;
mod start;
mod tls;

use std::io;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;

use crate::app::App;
use crate::config::Config;
use crate::{graphql, oauth, rest};
use fallback::{Cut, guard};
use layers::Layers;

/// Every route, on one page.
pub fn router(app: App) -> Router {
    let (late, broken) = (fallback::late, fallback::broken);
    let unavailable = oauth::unavailable;
    let (oauth, rest) = (oauth::routes().into(), rest::routes().into());
    let (oauth, rest): (Router<App>, Router<App>) = (oauth, rest);
    let layers = Layers::new(&app.config.front);
    let compressed = Router::new()
        .merge(guard(graphql::routes(app.clone()), Cut::Reads, graphql::late, broken))
        .merge(guard(rest.with_state(app.clone()), Cut::Reads, late, broken))
        .merge(guard(openapi::routes(&app.config.issuer), Cut::All, late, broken))
        .layer(from_fn(compression::apply));
    Router::new()
        .merge(guard(oauth.with_state(app.clone()), Cut::All, unavailable, unavailable))
        .merge(compressed)
        .merge(guard(start::routes(app.config.graphiql), Cut::All, late, broken))
        .merge(guard(health::routes(app), Cut::All, late, broken))
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(from_fn_with_state(layers, layers::apply))
}

/// Checks what the server needs besides its database, before anything is opened.
///
/// # Errors
/// Certificate or key cannot be used.
pub fn check(config: &Config) -> io::Result<()> {
    config.front.tls.clone().map(tls::Tls::load).transpose().map(drop)
}

/// Serves until `shutdown`, then lets the requests under way come to their end.
///
/// # Errors
/// Certificate or key cannot be used.
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

/// Ends when the process is told to: SIGTERM, or SIGINT from a keyboard.
///
/// # Errors
/// The signals cannot be listened to.
pub fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
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
