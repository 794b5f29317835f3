//! The answers: how they leave, and those that hold no token, as the OpenAPI document has them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::IntoResponses;

use super::error::{Error, NO_STORE};
use crate::http::openapi::{ErrorResponse, Responses};

/// Status, error, condition, description of the error, and a header.
type Way<'a> = (u16, &'a str, &'a str, &'a str, Option<(&'a str, &'a str)>);

fn of(ways: &[Way<'_>]) -> Responses {
    let response = |&(status, error, when, description, header): &Way<'_>| {
        let body = json!({ "error": error, "error_description": description });
        let failing = ErrorResponse { when, schema: "OAuthError", header };
        (status.to_string(), failing.with(body))
    };
    ways.iter().map(response).collect()
}

/// What is answered to a client, and never kept by who passes it on (RFC 6749, section 5.1).
pub fn answer<T: Serialize>(done: Result<T, Error>) -> Response {
    match done {
        Ok(told) => (NO_STORE, Json(told)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Errors of token requests.
pub struct Refused;

impl IntoResponses for Refused {
    fn responses() -> Responses {
        let bad = "The request is malformed, or asks for a grant, a scope or a resource that is not to be had.";
        refused(bad, "grant_type is missing")
    }
}

/// Errors of requests about a token.
pub struct RefusedAboutToken;

impl IntoResponses for RefusedAboutToken {
    fn responses() -> Responses {
        refused("The request is malformed.", "token is missing")
    }
}

fn refused(bad: &str, why: &str) -> Responses {
    let failed = "The client did not prove itself; the same for every reason.";
    let basic = Some(("WWW-Authenticate", r#"Basic realm="postern""#));
    let many = "The client failed too often.";
    let large = "the body is over 16 KiB";
    of(&[
        (400, "invalid_request", bad, why, None),
        (401, "invalid_client", failed, "client authentication failed", basic),
        (413, "invalid_request", "The body is too large.", large, None),
        (429, "invalid_client", many, "too many failed attempts", Some(("Retry-After", "3"))),
    ])
}

/// What anybody is answered when something goes wrong on our side.
pub struct Faults;

impl IntoResponses for Faults {
    fn responses() -> Responses {
        let later = "the service cannot answer right now";
        let retry = Some(("Retry-After", "1"));
        of(&[(503, "temporarily_unavailable", "Not now: try again.", later, retry)])
    }
}
