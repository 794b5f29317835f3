//! Error responses of RFC 6749, section 5.2.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::error::Error as Fault;
use crate::http::form_encoding::Malformed;
use crate::http::openapi::enumeration;

/// An error of an OAuth endpoint.
#[derive(Debug)]
pub enum Error {
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The request body exceeds the limit.
    TooLarge,
    /// The method is not POST.
    MethodNotAllowed,
    /// Client authentication failed. The response is the same for every reason.
    InvalidClient {
        /// Whether the request used HTTP Basic.
        basic: bool,
    },
    /// The client is rate-limited after too many failures.
    TooManyFailures {
        /// Time until the next attempt, in whole seconds.
        retry_after: u64,
    },
    /// The grant type is not supported.
    UnsupportedGrantType,
    /// The token was issued to another service account.
    UnauthorizedClient,
    /// The client does not hold the requested scope.
    InvalidScope(&'static str),
    /// The token cannot have the requested audience (RFC 8707, section 2).
    InvalidTarget(&'static str),
    /// A fault of the server.
    Unavailable,
}

/// An error of an OAuth endpoint (RFC 6749, section 5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct ErrorBody {
    #[schema(schema_with = code)]
    error: &'static str,
    /// Human-readable description of the error, in ASCII.
    #[schema(example = "client authentication failed")]
    error_description: &'static str,
}

/// `error_description` of a failed client authentication.
pub const AUTHENTICATION_FAILED: &str = "client authentication failed";

/// `error_description` of a rate-limited client.
pub const TOO_MANY_FAILURES: &str =
    "too many failed authentication attempts; retry after the time in Retry-After";

/// `error_description` of a body above the limit.
pub const TOO_LARGE: &str = "the request body must be at most 16 KiB";

/// `error_description` of a fault of the server.
pub const UNAVAILABLE: &str =
    "the service is temporarily unavailable; retry after the time in Retry-After";

/// The error codes of RFC 6749, sections 4.1.2.1 and 5.2, and RFC 8707, section 2, in use.
const CODES: [&str; 7] = [
    "invalid_request",
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "temporarily_unavailable",
];

fn code() -> Object {
    enumeration(
        "Error code of RFC 6749, sections 4.1.2.1 and 5.2, or RFC 8707, section 2.",
        CODES,
        "invalid_client",
    )
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.log();
        Self::Unavailable
    }
}

impl From<Malformed> for Error {
    fn from(Malformed(reason): Malformed) -> Self {
        Self::InvalidRequest(reason)
    }
}

impl Error {
    fn parts(&self) -> (StatusCode, ErrorBody) {
        let (status, error, error_description) = match self {
            Self::InvalidRequest(description) => {
                (StatusCode::BAD_REQUEST, "invalid_request", *description)
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", TOO_LARGE),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "the request method must be POST",
            ),
            Self::InvalidClient { .. } => {
                (StatusCode::UNAUTHORIZED, "invalid_client", AUTHENTICATION_FAILED)
            }
            Self::TooManyFailures { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "invalid_client", TOO_MANY_FAILURES)
            }
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "grant_type must be client_credentials",
            ),
            Self::UnauthorizedClient => (
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                "the token was issued to another service account",
            ),
            Self::InvalidScope(description) => {
                (StatusCode::BAD_REQUEST, "invalid_scope", *description)
            }
            Self::InvalidTarget(description) => {
                (StatusCode::BAD_REQUEST, "invalid_target", *description)
            }
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", UNAVAILABLE)
            }
        };
        debug_assert!(CODES.contains(&error), "{error} is not documented");
        (status, ErrorBody { error, error_description })
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, body) = self.parts();
        let mut response = (status, NO_STORE, Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::InvalidClient { basic: true } => {
                let basic = HeaderValue::from_static(r#"Basic realm="postern""#);
                headers.insert(header::WWW_AUTHENTICATE, basic);
            }
            Self::TooManyFailures { retry_after } => {
                headers.insert(header::RETRY_AFTER, retry_after.clamp(1, 60).into());
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::MethodNotAllowed => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        response
    }
}

/// Headers of every response about a token (RFC 6749, section 5.1).
pub const NO_STORE: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
