//! The OAuth 2.0 endpoints (RFC 6749), one file each. Every error response comes from `error`.

mod client_authentication;
mod error;
mod form;
mod grants;
mod introspection;
mod jwks;
mod metadata;
mod responses;
mod revocation;
mod token;

pub use error::ErrorBody;

use axum::response::{IntoResponse, Response};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;

/// The response to a fault of the server.
pub fn unavailable() -> Response {
    error::Error::Unavailable.into_response()
}

/// The routes with their OpenAPI descriptions.
pub fn routes() -> OpenApiRouter<App> {
    // The handlers also respond to other methods, with an error of RFC 6749.
    OpenApiRouter::default()
        .routes(routes!(token::issue).map(|post| post.fallback(token::issue)))
        .routes(
            routes!(token::issue_to_older_clients)
                .map(|post| post.fallback(token::issue_to_older_clients)),
        )
        .routes(
            routes!(introspection::introspect).map(|post| post.fallback(introspection::introspect)),
        )
        .routes(routes!(revocation::revoke).map(|post| post.fallback(revocation::revoke)))
        .routes(routes!(metadata::show_metadata))
        .routes(routes!(jwks::show_keys))
}
