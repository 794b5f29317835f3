//! `POST /oauth/revoke`: ends a token before its time (RFC 7009).

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::json;

use super::client_authentication::AuthenticatedRequest;
use super::error::Error;
use super::form::{AboutToken, Accepted};
use super::responses::{Faults, RefusedAboutToken, answer};
use crate::app::App;
use crate::auth::ClientInfo;
use crate::domain::tokens;

/// Revoke a token
///
/// Refuses a token of the client's own service account from the next request on, everywhere
/// (RFC 7009). A token that is unknown, ended or another organization's is answered alike: it is
/// of no use already. The client proves itself as at `POST /oauth/token`.
#[utoipa::path(
    post, path = "/oauth/revoke", operation_id = "revoke_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It is of no use any more.", body = serde_json::Value, example = json!({})), RefusedAboutToken, Faults),
)]
pub async fn revoke(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    answer(end(&app, client, request).await.map(|()| json!({})))
}

async fn end(app: &App, client: ClientInfo, request: Request) -> Result<(), Error> {
    let request = AuthenticatedRequest::read(app, &client, request, Accepted::Token).await?;
    let Some(valid) = request.valid_token(app).await? else { return Ok(()) };
    if valid.claims().sub != request.client.credential.service_account {
        return Err(Error::UnauthorizedClient);
    }
    Ok(tokens::revoke(app, &request.client, &valid, &client).await?)
}
