//! Responses of the OAuth endpoints, and the error responses in the OpenAPI document.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::IntoResponses;

use super::error::{
    AUTHENTICATION_FAILED, Error, NO_STORE, TOO_LARGE, TOO_MANY_FAILURES, UNAVAILABLE,
};
use crate::http::openapi::{ErrorResponse, Responses};

/// Status, description, `error`, `error_description`, and a header with its example.
type Documented<'a> = (u16, &'a str, &'a str, &'a str, Option<(&'a str, &'a str)>);

fn document(responses: &[Documented<'_>]) -> Responses {
    let response = |&(status, when, error, description, header): &Documented<'_>| {
        let body = json!({ "error": error, "error_description": description });
        let response = ErrorResponse { when, schema: "OAuthError", header };
        (status.to_string(), response.with_example(body))
    };
    responses.iter().map(response).collect()
}

/// The response to a client, which caches must not store (RFC 6749, section 5.1).
pub fn respond<T: Serialize>(result: Result<T, Error>) -> Response {
    match result {
        Ok(body) => (NO_STORE, Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Errors of token requests.
pub struct TokenErrors;

impl IntoResponses for TokenErrors {
    fn responses() -> Responses {
        let invalid =
            "The request is malformed, or its grant type, scope or resource cannot be granted.";
        client_errors(invalid, "grant_type is required")
    }
}

/// Errors of introspection and revocation requests.
pub struct TokenOperationErrors;

impl IntoResponses for TokenOperationErrors {
    fn responses() -> Responses {
        let invalid = "The request is malformed, or the token to revoke was issued to another service account.";
        client_errors(invalid, "token is required")
    }
}

fn client_errors(invalid: &str, invalid_description: &str) -> Responses {
    let failed = "Client authentication failed. The response is the same for every reason.";
    let basic = Some(("WWW-Authenticate", r#"Basic realm="postern""#));
    let limited = "Too many failed authentication attempts: retry after the time in `Retry-After`.";
    let retry_after = Some(("Retry-After", "3"));
    document(&[
        (400, invalid, "invalid_request", invalid_description, None),
        (401, failed, "invalid_client", AUTHENTICATION_FAILED, basic),
        (413, "The request body exceeds 16 KiB.", "invalid_request", TOO_LARGE, None),
        (429, limited, "invalid_client", TOO_MANY_FAILURES, retry_after),
    ])
}

/// Errors of every endpoint.
pub struct ServerErrors;

impl IntoResponses for ServerErrors {
    fn responses() -> Responses {
        let unavailable =
            "The service is temporarily unavailable: retry after the time in `Retry-After`.";
        let retry_after = Some(("Retry-After", "1"));
        document(&[(503, unavailable, "temporarily_unavailable", UNAVAILABLE, retry_after)])
    }
}
