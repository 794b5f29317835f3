//! Errors in the words of RFC 6749, section 5.2.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::error::Error as Fault;
use crate::http::form_encoding::Malformed;
use crate::http::openapi::enumeration;

/// What the token endpoint answers when it gives no token.
#[derive(Debug)]
pub enum Error {
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The request is larger than anybody needs.
    TooLarge,
    /// The method is not POST.
    MethodNotAllowed,
    /// Nobody proved anything; the same for every reason.
    InvalidClient {
        /// Whether HTTP Basic was tried.
        basic: bool,
    },
    /// The client failed too often; in so many seconds it may fail again.
    TooManyFailures {
        /// Whole seconds.
        retry_after: u64,
    },
    /// There is no such grant here.
    UnsupportedGrantType,
    /// The token is another client's.
    UnauthorizedClient,
    /// The client does not hold what it asks for.
    InvalidScope(&'static str),
    /// The token cannot be for what was asked for (RFC 8707, section 2).
    InvalidTarget(&'static str),
    /// A fault of ours, which is never the client's.
    Unavailable,
}

/// Why there is no token (RFC 6749, section 5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct ErrorBody {
    #[schema(schema_with = code)]
    error: &'static str,
    /// What went wrong, for a person.
    #[schema(example = "client authentication failed")]
    error_description: &'static str,
}

/// Every code of RFC 6749, section 5.2, RFC 8707, section 2, and RFC 6749, section 4.1.2.1, that is
/// sent here.
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
    enumeration("Code of the error, for a program.", CODES, "invalid_client")
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.log();
        Self::Unavailable
    }
}

impl From<Malformed> for Error {
    fn from(Malformed(why): Malformed) -> Self {
        Self::InvalidRequest(why)
    }
}

impl Error {
    fn parts(&self) -> (StatusCode, ErrorBody) {
        let (status, error, error_description) = match self {
            Self::InvalidRequest(why) => (StatusCode::BAD_REQUEST, "invalid_request", *why),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the body is over 16 KiB")
            }
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "use POST")
            }
            Self::InvalidClient { .. } => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "client authentication failed")
            }
            Self::TooManyFailures { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "invalid_client", "too many failed attempts")
            }
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "the grant offered here is client_credentials",
            ),
            Self::UnauthorizedClient => {
                (StatusCode::BAD_REQUEST, "unauthorized_client", "the token is another client's")
            }
            Self::InvalidScope(why) => (StatusCode::BAD_REQUEST, "invalid_scope", *why),
            Self::InvalidTarget(why) => (StatusCode::BAD_REQUEST, "invalid_target", *why),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "the service cannot answer right now",
            ),
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

/// On every answer that has to do with a token (RFC 6749, section 5.1).
pub const NO_STORE: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
