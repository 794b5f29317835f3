//! `POST /oauth/revoke`: token revocation (RFC 7009).

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::json;

use super::client_authentication::AuthenticatedRequest;
use super::error::Error;
use super::form::{AboutToken, Accepted};
use super::responses::{ServerErrors, TokenOperationErrors, respond};
use crate::app::App;
use crate::auth::ClientInfo;
use crate::domain::tokens;

/// Revoke a token
///
/// Revokes a token of the client's service account (RFC 7009): it is rejected from the next request on.
/// The response is the same for a token that is unknown, expired or of another organization. The client
/// authenticates as in `POST /oauth/token`.
#[utoipa::path(
    post, path = "/oauth/revoke", operation_id = "revoke_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The token is revoked, or was not valid.", body = serde_json::Value, example = json!({})), TokenOperationErrors, ServerErrors),
)]
pub async fn revoke(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    respond(revoke_token(&app, client, request).await.map(|()| json!({})))
}

async fn revoke_token(app: &App, client: ClientInfo, request: Request) -> Result<(), Error> {
    let request = AuthenticatedRequest::read(app, &client, request, Accepted::Token).await?;
    let Some(valid) = request.valid_token(app).await? else { return Ok(()) };
    if valid.claims().sub != request.client.credential.service_account {
        return Err(Error::UnauthorizedClient);
    }
    Ok(tokens::revoke(app, &request.client, &valid, &client).await?)
}
