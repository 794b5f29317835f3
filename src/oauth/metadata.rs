//! `GET /.well-known/oauth-authorization-server`: what is offered here (RFC 8414, section 2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::authz::PermissionSet;

/// The endpoint.
pub async fn show(State(app): State<App>) -> Response {
    let issuer = &app.config.issuer;
    let metadata = Json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": PermissionSet::all().names(),
    }));
    ([(header::CACHE_CONTROL, "public, max-age=300")], metadata).into_response()
}
