//! `GET /.well-known/jwks.json`: the public keys that verify tokens (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;

use super::error::Error;
use super::responses::ServerErrors;
use crate::app::App;

/// A JWK set (RFC 7517, section 5).
#[derive(ToSchema)]
#[schema(example = json!({ "keys": [{
    "kty": "EC",
    "crv": "P-256",
    "use": "sig",
    "alg": "ES256",
    "kid": "k7m1c4x9q2w8f0k5t3z6v1n0bd",
    "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
}] }))]
#[expect(dead_code, reason = "it documents the response of the keyring")]
pub struct KeySet {
    /// Public keys as JWKs (RFC 7517, section 4), newest first.
    keys: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// Get the public keys
///
/// Returns the public keys that verify access tokens (RFC 7517). All organizations share the keys and the
/// issuer: an API that verifies a token must compare `iss`, `aud`, and `org` with the id of its own
/// organization.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "OAuth", security(()),
    responses((status = 200, description = "The public keys.", body = KeySet), ServerErrors),
)]
pub async fn show_keys(State(app): State<App>) -> Response {
    match app.keys.jwks().await {
        Ok(keys) => {
            let max_age = app.config.tokens.key_times.max_age.num_seconds();
            let cache_control = format!("public, max-age={max_age}");
            ([(header::CACHE_CONTROL, cache_control)], Json(keys)).into_response()
        }
        Err(fault) => Error::from(fault).into_response(),
    }
}
