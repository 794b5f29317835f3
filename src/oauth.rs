//! The OAuth 2.0 endpoints (RFC 6749), one file each. Failures leave only through `error`.

mod assertion;
mod client_auth;
mod error;
mod form;
mod grant;
mod introspect;
mod jwks;
mod metadata;
mod responses;
mod revoke;
mod token;

pub use error::ErrorBody;

use axum::response::{IntoResponse, Response};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;

/// The answer when something went wrong on our side.
pub fn unavailable() -> Response {
    error::Error::Unavailable.into_response()
}

/// The routes, each with its description.
pub fn routes() -> OpenApiRouter<App> {
    // A wrong method is answered in the words of RFC 6749, too.
    OpenApiRouter::default()
        .routes(routes!(token::issue).map(|post| post.fallback(token::issue)))
        .routes(
            routes!(token::issue_to_older_clients)
                .map(|post| post.fallback(token::issue_to_older_clients)),
        )
        .routes(routes!(introspect::introspect).map(|post| post.fallback(introspect::introspect)))
        .routes(routes!(revoke::revoke).map(|post| post.fallback(revoke::revoke)))
        .routes(routes!(metadata::show_metadata))
        .routes(routes!(jwks::show_keys))
}
