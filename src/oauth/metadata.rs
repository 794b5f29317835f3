//! `GET /.well-known/oauth-authorization-server`: what is offered here (RFC 8414, section 2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::responses::Faults;
use crate::app::App;
use crate::authz::PermissionSet;

/// What is offered here (RFC 8414, section 2).
#[derive(Serialize, ToSchema)]
pub struct Metadata {
    /// `iss` of the tokens.
    issuer: String,
    /// Where tokens are fetched.
    token_endpoint: String,
    /// Where the public keys are.
    jwks_uri: String,
    /// The grants.
    grant_types_supported: [&'static str; 1],
    /// None: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// How clients prove themselves.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// What tokens may be narrowed to.
    scopes_supported: Vec<&'static str>,
}

/// Get the metadata
///
/// What OAuth clients and verifiers of tokens discover (RFC 8414).
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "OAuth", security(()),
    responses((status = 200, description = "The metadata.", body = Metadata), Faults),
)]
pub async fn show_metadata(State(app): State<App>) -> Response {
    let issuer = &app.config.issuer;
    let metadata = Json(Metadata {
        issuer: issuer.clone(),
        token_endpoint: format!("{issuer}/oauth/token"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: ["client_credentials"],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        scopes_supported: PermissionSet::all().names(),
    });
    ([(header::CACHE_CONTROL, "public, max-age=300")], metadata).into_response()
}
