//! `GET /.well-known/oauth-authorization-server`: what is offered here (RFC 8414, section 2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::grants;
use super::responses::Faults;
use crate::app::App;
use crate::auth::ClientAlgorithm;
use crate::authz::PermissionSet;

/// How clients prove themselves.
const AUTH_METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/// What the assertions of `private_key_jwt` may be signed with.
const SIGNING_ALGORITHMS: [&str; 5] = ClientAlgorithm::NAMES;

/// What is offered here (RFC 8414, section 2).
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "issuer": "https://postern.example.com",
    "token_endpoint": "https://postern.example.com/oauth/token",
    "introspection_endpoint": "https://postern.example.com/oauth/introspect",
    "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    "introspection_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
    "revocation_endpoint": "https://postern.example.com/oauth/revoke",
    "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    "revocation_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
    "jwks_uri": "https://postern.example.com/.well-known/jwks.json",
    "grant_types_supported": ["client_credentials"],
    "response_types_supported": [],
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    "token_endpoint_auth_signing_alg_values_supported": SIGNING_ALGORITHMS,
    "scopes_supported": ["service_accounts:list", "service_accounts:read"],
}))]
pub struct Metadata {
    /// `iss` of the tokens.
    issuer: String,
    /// Where tokens are fetched.
    token_endpoint: String,
    /// Where tokens are introspected (RFC 7662).
    introspection_endpoint: String,
    /// How clients prove themselves there.
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    /// What assertions there may be signed with.
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// Where tokens are revoked (RFC 7009).
    revocation_endpoint: String,
    /// How clients prove themselves there.
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    /// What assertions there may be signed with.
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// Where the public keys are.
    jwks_uri: String,
    /// The grants.
    grant_types_supported: [&'static str; 1],
    /// None: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// How clients prove themselves.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// What assertions may be signed with.
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// What tokens may be narrowed to.
    scopes_supported: Vec<&'static str>,
}

/// Get the metadata
///
/// The metadata for OAuth clients and verifiers of tokens (RFC 8414). All organizations share issuer and
/// keys: an API that verifies a token compares `iss`, `aud`, and with `org` the id of its own organization.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "OAuth", security(()),
    responses((status = 200, description = "The metadata.", body = Metadata), Faults),
)]
pub async fn show_metadata(State(app): State<App>) -> Response {
    let issuer = &app.config.issuer;
    let metadata = Json(Metadata {
        issuer: issuer.clone(),
        token_endpoint: format!("{issuer}/oauth/token"),
        introspection_endpoint: format!("{issuer}/oauth/introspect"),
        introspection_endpoint_auth_methods_supported: AUTH_METHODS,
        introspection_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
        revocation_endpoint: format!("{issuer}/oauth/revoke"),
        revocation_endpoint_auth_methods_supported: AUTH_METHODS,
        revocation_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: grants::SUPPORTED,
        response_types_supported: [],
        token_endpoint_auth_methods_supported: AUTH_METHODS,
        token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
        scopes_supported: PermissionSet::all().names(),
    });
    ([(header::CACHE_CONTROL, "public, max-age=300")], metadata).into_response()
}
