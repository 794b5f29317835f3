//! Errors as `{message, code, status}`, also for what no surface answers.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::authn;
use crate::error::Error;

/// Tells generated clients whether to send a request again, whatever its status.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// What an operation answers.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why there is no other answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// What went wrong, for a person.
    #[schema(example = "no such service account")]
    message: Cow<'static, str>,
    /// What went wrong, for a program: the same codes as in GraphQL.
    #[schema(example = "NOT_FOUND", pattern = "^[A-Z_]+$")]
    code: &'static str,
    /// The HTTP status of the answer.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
}

/// An operation that was refused or that failed.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    challenge: HeaderValue,
}

impl Failure {
    /// An error that is of HTTP alone.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let challenge = authn::challenge(&HeaderMap::new());
        Self { status, code, message: message.into(), challenge }
    }

    /// 400.
    pub fn bad(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    }

    /// The error of a request with `headers`, whose challenge tells whether they held a token.
    pub fn of(error: Error, headers: &HeaderMap) -> Self {
        Self { challenge: authn::challenge(headers), ..error.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        error.log();
        Self::new(error.status(), error.code(), error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { status, code, message, challenge } = self;
        let header = match status {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, challenge)),
            // What conflicts goes on to conflict.
            StatusCode::CONFLICT => Some((SHOULD_RETRY, HeaderValue::from_static("false"))),
            StatusCode::SERVICE_UNAVAILABLE => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("1")))
            }
            _ => None,
        };
        let body = Json(ErrorBody { message, code, status: status.as_u16() });
        let mut response = (status, body).into_response();
        response.headers_mut().extend(header);
        response
    }
}
