//! The error responses of operations in the OpenAPI document. Their examples are what the errors of
//! the domain become.

pub mod conflicts;
pub mod forbidden;
pub mod invalid;

use axum::http::{HeaderName, header};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use super::error::Failure;
use crate::error::Error;
use crate::http::openapi::{ErrorResponse, Responses};

/// Errors of every operation.
pub struct Refused;

impl IntoResponses for Refused {
    fn responses() -> Responses {
        let token = "A valid access token is missing.";
        let later = "The service cannot answer right now: try again.";
        Responses::from([
            of(token, &Error::Unauthenticated.into()),
            of("A fault of the server.", &fault(&Error::internal(""))),
            of(later, &fault(&Error::Unavailable("".into()))),
        ])
    }
}

/// 404 of a path whose last segment names a thing of this kind.
pub fn not_found(noun: &'static str) -> Responses {
    let when = "It does not exist, or the caller may not read it.";
    Responses::from([of(when, &Error::NotFound(noun).into())])
}

/// A response, by its status, with the failure as its example.
fn of(when: &str, failure: &Failure) -> (String, RefOr<Response>) {
    let header = failure.header();
    let header =
        header.as_ref().and_then(|(name, value)| Some((written(name), value.to_str().ok()?)));
    let response = ErrorResponse { when, schema: "Error", header }.with(failure.example());
    (failure.status().as_u16().to_string(), response)
}

/// The name of a header as it is written in the specifications.
fn written(name: &HeaderName) -> &str {
    match *name {
        header::WWW_AUTHENTICATE => "WWW-Authenticate",
        header::RETRY_AFTER => "Retry-After",
        _ => name.as_str(),
    }
}

/// The failure of a fault of the server, which is not logged, as it did not happen.
fn fault(error: &Error) -> Failure {
    Failure::new(error.status(), error.code(), error.to_string())
}
