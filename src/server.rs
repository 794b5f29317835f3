//! The HTTP server: all surfaces behind one router, and its life.

pub mod body;
mod fallback;
mod health;
mod log;
pub mod pages;
pub mod request_id;
pub mod source;
mod start;
mod upkeep;
pub mod urlencoded;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use tokio::net::TcpListener;

use crate::app::App;
use crate::{graphql, oauth, openapi, rest};
use fallback::{Cut, guard};

/// How long requests may go on after the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Every route, on one page.
pub fn router(app: App) -> Router {
    let (late, broken) = (fallback::late, fallback::broken);
    let unavailable = oauth::unavailable;
    let (oauth, rest) = (oauth::routes().into(), rest::routes().into());
    let (oauth, rest): (Router<App>, Router<App>) = (oauth, rest);
    Router::new()
        .merge(guard(oauth.with_state(app.clone()), Cut::All, unavailable, unavailable))
        .merge(guard(graphql::routes(app.clone()), Cut::Reads, graphql::late, broken))
        .merge(guard(rest.with_state(app.clone()), Cut::Reads, late, broken))
        .merge(guard(openapi::routes(&app.config.issuer), Cut::All, late, broken))
        .merge(guard(start::routes(app.config.graphiql), Cut::All, late, broken))
        .merge(guard(health::routes(app), Cut::All, late, broken))
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(middleware::from_fn(log::write))
        .layer(middleware::from_fn(request_id::name))
}

/// Serves until `shutdown`, then lets the requests under way come to their end.
///
/// # Errors
/// The listener fails.
pub async fn run(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let upkeep = upkeep::run(app.clone());
    let (told, mut stopping) = tokio::sync::watch::channel(false);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        tracing::info!("stopping: no new connections, requests under way are finished");
        told.send_replace(true);
    });
    let cut = async {
        // An error means that the server has ended by itself: there is nothing to cut.
        if stopping.wait_for(|stopping| *stopping).await.is_ok() {
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server => ended,
        never = upkeep => match never {},
        () = cut => {
            tracing::warn!("some requests did not come to their end and were cut off");
            Ok(())
        }
    }
}

/// Ends when the process is told to: SIGTERM, or SIGINT from a keyboard.
///
/// # Errors
/// The signals cannot be listened to.
pub fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
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
