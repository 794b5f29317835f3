//! `GET /.well-known/jwks.json`: the public keys that tokens are verified with (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::error::Error;
use crate::app::App;

/// How long a verifier may keep the keys, in seconds.
const MAX_AGE: &str = "public, max-age=300";

/// The endpoint.
pub async fn show(State(app): State<App>) -> Response {
    match app.keys.jwks().await {
        Ok(keys) => ([(header::CACHE_CONTROL, MAX_AGE)], Json(keys)).into_response(),
        Err(fault) => Error::from(fault).into_response(),
    }
}
