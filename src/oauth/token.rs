//! `POST /oauth/token`: an access token for a client that proves itself.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::client_auth::Presented;
use super::error::Error;
use super::form::{Accepted, Form, TokenRequest};
use super::grant::Grant;
use super::responses::{Faults, Refused, answer};
use crate::app::App;
use crate::domain::credentials::{self, Proof, Source};
use crate::domain::tokens::{self, Issued, Terms};

/// How often a client is proven by a credential that changes meanwhile, before it is told to come
/// back.
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
pub async fn issue(State(app): State<App>, source: Source, request: Request) -> Response {
    answer(exchange(&app, source, request, Accepted::Form).await)
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
    source: Source,
    request: Request,
) -> Response {
    answer(exchange(&app, source, request, Accepted::FormOrJson).await)
}

async fn exchange(
    app: &App,
    source: Source,
    request: Request,
    accepted: Accepted,
) -> Result<AccessToken, Error> {
    let (Parts { method, headers, .. }, body) = request.into_parts();
    if method != Method::POST {
        return Err(Error::MethodNotAllowed);
    }
    let form = Form::read(&headers, body, accepted).await?; //          1. what was sent
    let grant = Grant::parse(&form)?; //                                2. what is asked
    let mut presented = Presented::read(app, &headers, &form)?; //      3. who asks
    // Again, if the hash was replaced in the meantime: that is no reason to refuse the secret.
    for _ in 0..ATTEMPTS {
        let (proof, terms) = prove(app, &source, &mut presented, &grant).await?; // 4. whether it is so
        let issued = tokens::issue(app, &proof, &terms)?; //            5. the token
        let held = credentials::mark_used(app, &proof, source.clone()).await?; // 6. the trace, before the answer
        if held {
            let Issued { token: access_token, expires_in } = issued;
            let scope = terms.scope;
            return Ok(AccessToken { access_token, token_type: "Bearer", expires_in, scope });
        }
    }
    let why = "the credential changed whenever it was proven";
    Err(crate::error::Error::Unavailable(why.into()).into())
}

/// Who asks, and what the token is for. A client that was authenticated before is only known again
/// here: the trace asks whether the credential is still live, and a plain token needs no more.
async fn prove(
    app: &App,
    source: &Source,
    presented: &mut Presented,
    grant: &Grant,
) -> Result<(Arc<Proof>, Terms), Error> {
    if grant.is_plain()
        && let Some(proof) = presented.recall(app, source).await?
    {
        return Ok((proof, Terms::own(app, None)));
    }
    let live = presented.authenticate(app, source).await?;
    let terms = grant.terms(app, &live).await?;
    Ok((live.proof, terms))
}
