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
use super::responses::{Faults, Refused, answer};
use crate::app::App;
use crate::auth::{ClientInfo, IssuedToken};

/// The most attempts for a credential that changes while its client authenticates.
const ATTEMPTS: usize = 3;

/// An access token (RFC 6749, section 5.1).
#[derive(Serialize, ToSchema)]
pub struct AccessToken {
    /// A JWT after RFC 9068.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6…")]
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long it lives, in seconds.
    #[schema(minimum = 1, maximum = 86400, example = 3600)]
    expires_in: i64,
    /// What it was narrowed to: where that was asked for, where its credential is limited, and for APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "service_accounts:read service_accounts:list")]
    scope: Option<String>,
}

/// Fetch an access token
///
/// By the client credentials grant (RFC 6749, section 4.4). The client proves itself by its client id
/// and secret, in HTTP Basic or in the body, or by an assertion that it has signed (RFC 7523): in one
/// way, not in two.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "issue_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token.", body = AccessToken), Refused, Faults),
)]
pub async fn issue(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    answer(exchange(&app, client, request, Accepted::Form).await)
}

/// Fetch an access token, for older clients
///
/// As `POST /oauth/token`, and the body may be JSON.
#[utoipa::path(
    post, path = "/service-account-token", operation_id = "issue_service_account_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content(
        (TokenRequest = "application/x-www-form-urlencoded"),
        (TokenRequest = "application/json"),
    )),
    responses((status = 200, description = "A token.", body = AccessToken), Refused, Faults),
)]
pub async fn issue_to_older_clients(
    State(app): State<App>,
    client: ClientInfo,
    request: Request,
) -> Response {
    answer(exchange(&app, client, request, Accepted::FormOrJson).await)
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
    // Again if the hash of the secret was replaced meanwhile: the secret is still right.
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
    let why = "the credential changed during each attempt to issue a token";
    Err(crate::error::Error::Unavailable(why.into()).into())
}
