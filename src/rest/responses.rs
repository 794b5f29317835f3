//! Error responses of operations in the OpenAPI document. Their examples are converted from errors of
//! the domain.

pub mod conflicts;
pub mod forbidden;
pub mod invalid;

use axum::http::{HeaderName, header};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use super::error::Failure;
use crate::error::Error;
use crate::http::openapi::{ErrorResponse, Responses};
use crate::http::status::status;

/// Errors of every operation.
pub struct CommonErrors;

impl IntoResponses for CommonErrors {
    fn responses() -> Responses {
        let missing_token = "The access token is missing or invalid.";
        let unavailable =
            "The service is temporarily unavailable: retry after the time in `Retry-After`.";
        Responses::from([
            error_response(missing_token, &Error::Unauthenticated.into()),
            error_response(
                "The server failed to process the request.",
                &fault(&Error::internal("")),
            ),
            error_response(unavailable, &fault(&Error::Unavailable("".into()))),
        ])
    }
}

/// 404 of a path whose last segment identifies a resource of this kind.
pub fn not_found(noun: &'static str) -> Responses {
    let when = "The resource does not exist, or the caller may not read it.";
    Responses::from([error_response(when, &Error::NotFound(noun).into())])
}

/// The status and the response of a failure, with its body as the example.
fn error_response(when: &str, failure: &Failure) -> (String, RefOr<Response>) {
    let header = failure.header();
    let header = header
        .as_ref()
        .and_then(|(name, value)| Some((canonical_name(name), value.to_str().ok()?)));
    let response = ErrorResponse { when, schema: "Error", header }.with_example(failure.example());
    (failure.status().as_u16().to_string(), response)
}

/// The name of a header in the case of its specification.
fn canonical_name(name: &HeaderName) -> &str {
    match *name {
        header::WWW_AUTHENTICATE => "WWW-Authenticate",
        header::RETRY_AFTER => "Retry-After",
        _ => name.as_str(),
    }
}

/// The failure of a fault of the server. Converting the error would log it.
fn fault(error: &Error) -> Failure {
    Failure::new(status(error), error.code(), error.to_string())
}
