//! `GET /.well-known/oauth-authorization-server`: authorization server metadata (RFC 8414, section 2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::grants;
use super::responses::ServerErrors;
use crate::app::App;
use crate::auth::ClientAlgorithm;
use crate::authz::PermissionSet;

/// The client authentication methods.
const AUTH_METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/// The signing algorithms for `private_key_jwt`.
const SIGNING_ALGORITHMS: [&str; 5] = ClientAlgorithm::NAMES;

/// Authorization server metadata (RFC 8414, section 2).
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
    /// Issuer of the tokens: their `iss`.
    issuer: String,
    /// URL of the token endpoint.
    token_endpoint: String,
    /// URL of the introspection endpoint (RFC 7662).
    introspection_endpoint: String,
    /// Client authentication methods of the introspection endpoint.
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    /// Signing algorithms for `private_key_jwt` at the introspection endpoint.
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// URL of the revocation endpoint (RFC 7009).
    revocation_endpoint: String,
    /// Client authentication methods of the revocation endpoint.
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    /// Signing algorithms for `private_key_jwt` at the revocation endpoint.
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// URL of the public keys (RFC 7517).
    jwks_uri: String,
    /// Grant types of the token endpoint.
    grant_types_supported: [&'static str; 1],
    /// Response types of the authorization endpoint. Always empty: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// Client authentication methods of the token endpoint.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// Signing algorithms for `private_key_jwt` at the token endpoint.
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 5],
    /// Permissions that a token for this server can have in its `scope`.
    scopes_supported: Vec<&'static str>,
}

/// Get the metadata
///
/// Returns the authorization server metadata (RFC 8414). All organizations share the issuer and the keys:
/// an API that verifies a token must compare `iss`, `aud`, and `org` with the id of its own organization.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "OAuth", security(()),
    responses((status = 200, description = "The authorization server metadata.", body = Metadata), ServerErrors),
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
