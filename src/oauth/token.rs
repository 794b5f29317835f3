//! `POST /oauth/token`: an access token for an authenticated client.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::client_authentication::ClientAuthentication;
use super::error::Error;
use super::form::{Accepted, Form, TokenRequest};
use super::grants::{Authorized, Grant};
use super::responses::{ServerErrors, TokenErrors, respond};
use crate::app::App;
use crate::auth::{ClientInfo, IssuedToken};

/// The most attempts for a credential that changes while its client authenticates.
const ATTEMPTS: usize = 3;

/// An access token (RFC 6749, section 5.1).
#[derive(Serialize, ToSchema)]
pub struct AccessToken {
    /// Access token: a JWT (RFC 9068).
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6…")]
    access_token: String,
    /// Type of the token (RFC 6750): always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Lifetime of the token, in seconds: at most 86400.
    #[schema(minimum = 1, maximum = 86400, example = 3600)]
    expires_in: i64,
    /// Space-separated scope of the token (RFC 6749, section 3.3). Absent: every permission that the service
    /// account holds at the time of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "service_accounts:read service_accounts:list")]
    scope: Option<String>,
}

/// Get an access token
///
/// Issues an access token by the client credentials grant (RFC 6749, section 4.4). The client
/// authenticates with one method: with its secret in HTTP Basic or in the body, or with a signed assertion
/// (RFC 7523). Multiple client authentication methods in one request are rejected.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "issue_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The access token.", body = AccessToken), TokenErrors, ServerErrors),
)]
pub async fn issue(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    respond(exchange(&app, client, request, Accepted::Form).await)
}

/// Get an access token, for older clients
///
/// The same as `POST /oauth/token`. The body may also be JSON.
#[utoipa::path(
    post, path = "/service-account-token", operation_id = "issue_service_account_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content(
        (TokenRequest = "application/x-www-form-urlencoded"),
        (TokenRequest = "application/json"),
    )),
    responses((status = 200, description = "The access token.", body = AccessToken), TokenErrors, ServerErrors),
)]
pub async fn issue_to_older_clients(
    State(app): State<App>,
    client: ClientInfo,
    request: Request,
) -> Response {
    respond(exchange(&app, client, request, Accepted::FormOrJson).await)
}

async fn exchange(
    app: &App,
    client: ClientInfo,
    request: Request,
    accepted: Accepted,
) -> Result<AccessToken, Error> {
    let (Parts { method, headers, .. }, body) = request.into_parts();
    if method != Method::POST {
        return Err(Error::MethodNotAllowed);
    }
    let form = Form::read(&headers, body, accepted).await?;
    let grant = Grant::read(&form)?;
    let mut authentication = ClientAuthentication::read(app, &headers, &form)?;
    // Another attempt if a rehash of the secret changed the credential in between.
    for _ in 0..ATTEMPTS {
        let Authorized { credential, terms } =
            grant.authorize(app, &client, &mut authentication).await?;
        let issued = app.auth.issue(&credential, &terms)?;
        // Committed before the response, and only while the credential is active.
        if app.auth.record_usage(&credential, client.clone()).await? {
            let IssuedToken { token: access_token, expires_in } = issued;
            let scope = terms.scope;
            return Ok(AccessToken { access_token, token_type: "Bearer", expires_in, scope });
        }
    }
    let cause = "the credential changed during each attempt to issue a token";
    Err(crate::error::Error::Unavailable(cause.into()).into())
}
