//! Liveness and readiness: `/healthz` and `/readyz`.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

/// Routes of liveness and readiness.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(app)
}

/// 200 if the database is available and a signing key is loaded; 503 otherwise and during a shutdown.
/// The query shares the batches of token requests, so that readiness fails when those hang.
async fn ready(State(app): State<App>) -> Response {
    let (status, text) = if app.stopping.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n")
    } else if let Err(error) = app.auth.lookup.by_client_id("").await {
        error.log();
        (StatusCode::SERVICE_UNAVAILABLE, "database unavailable\n")
    } else if !app.keys.is_loaded() {
        (StatusCode::SERVICE_UNAVAILABLE, "no signing key loaded\n")
    } else {
        (StatusCode::OK, "ready\n")
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
