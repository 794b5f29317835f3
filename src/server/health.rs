//! Whether the process is alive, and whether it can serve.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

/// The routes.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(app)
}

/// 200 when the database answers and a signing key is loaded; 503 otherwise, and from the moment at
/// which the server begins to stop. The database is asked in the same batches as token requests ask
/// it: if those hung, nobody would get a token.
async fn ready(State(app): State<App>) -> Response {
    let (status, text) = if app.stopping.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping\n")
    } else if let Err(error) = app.auth.lookup.by_client_id("").await {
        error.log();
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    } else if !app.keys.is_loaded() {
        (StatusCode::SERVICE_UNAVAILABLE, "no signing key is loaded\n")
    } else {
        (StatusCode::OK, "ready\n")
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
