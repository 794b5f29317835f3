//! Whether the process lives, and whether it can work.

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

/// 200 when the database answers and a signing key is loaded; 503 otherwise.
async fn ready(State(app): State<App>) -> Response {
    let (status, text) = if !app.keys.is_loaded() {
        (StatusCode::SERVICE_UNAVAILABLE, "no signing key is loaded\n")
    } else if let Err(error) = app.db.reader().ping().await {
        tracing::warn!(error.cause = %error, "not ready");
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    } else {
        (StatusCode::OK, "ready\n")
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
