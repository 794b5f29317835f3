//! The OAuth 2.0 endpoints (RFC 6749), one file each. Failures leave only through `error`.

mod client_auth;
mod error;
mod form;
mod jwks;
mod metadata;
mod token;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use crate::app::App;

/// The answer when something went wrong on our side.
pub fn unavailable() -> Response {
    error::Error::Unavailable.into_response()
}

/// The routes.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/oauth/token", any(token::issue))
        .route("/.well-known/oauth-authorization-server", get(metadata::show))
        .route("/.well-known/jwks.json", get(jwks::show))
        .with_state(app)
}
