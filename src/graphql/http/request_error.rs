//! Errors of requests that are rejected before their operation is executed.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::body::{error_value, json_body, render};
use super::negotiate::Format;
use crate::error::Error;
use crate::graphql::engine::limits::{Limit, LimitExceeded};
use crate::http::bearer;
use crate::http::status::status;

/// The error of a request that is rejected before its operation is executed.
#[derive(Debug)]
pub struct RequestError {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<&'static str>,
    limit: Option<Limit>,
    field: Option<&'static str>,
}

impl RequestError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None, limit: None, field: None }
    }

    /// An invalid input of the request: a parameter, a header, the body or the method.
    fn invalid(status: StatusCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(status, "BAD_USER_INPUT", message) }
    }

    /// 400, for a parameter of the request.
    pub fn invalid_parameter(field: &'static str, message: &str) -> Self {
        Self::invalid(StatusCode::BAD_REQUEST, field, format!("{field} {message}"))
    }

    /// 400, for the document.
    pub fn invalid_document(message: String) -> Self {
        Self::invalid(StatusCode::BAD_REQUEST, "query", message)
    }

    /// 400, for the body.
    pub fn invalid_body(message: &str) -> Self {
        Self::invalid(StatusCode::BAD_REQUEST, "body", format!("the body {message}"))
    }

    /// 200, for a persisted query: clients of Apollo's protocol send the document when they find this
    /// message or code, and all of them read a 200.
    pub fn persisted_query_not_supported() -> Self {
        let code = "PERSISTED_QUERY_NOT_SUPPORTED";
        Self::new(StatusCode::OK, code, "PersistedQueryNotSupported")
    }

    /// 405.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self {
            allow: Some(allow),
            ..Self::invalid(
                status,
                "method",
                format!("the method must be {}", allow.replace(", ", " or ")),
            )
        }
    }

    /// 406.
    pub fn not_acceptable() -> Self {
        let message = "Accept must allow application/graphql-response+json or application/json";
        Self::invalid(StatusCode::NOT_ACCEPTABLE, "Accept", message)
    }

    /// 406, for an event stream.
    pub fn not_acceptable_stream() -> Self {
        let message = "Accept must allow text/event-stream";
        Self::invalid(StatusCode::NOT_ACCEPTABLE, "Accept", message)
    }

    /// 413, for the body or the query string.
    pub fn too_large(field: &'static str, maximum: usize, reached: usize) -> Self {
        let limit = Limit { name: "body_bytes", maximum, reached };
        let error = LimitExceeded::new("BAD_USER_INPUT", "bytes", limit);
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self { limit: Some(limit), ..Self::invalid(status, field, error.message) }
    }

    /// 429, for a WebSocket or an event stream.
    pub fn too_many_streams(maximum: usize) -> Self {
        let message = format!("there are {maximum} open subscription connections, the maximum");
        Self::too_many("streams", maximum, message)
    }

    /// 429, for an operation of a service account over a WebSocket or an event stream.
    pub fn too_many_streamed(maximum: usize) -> Self {
        let message = format!(
            "the service account already executes {maximum} operations over WebSocket connections \
             and event streams, the maximum"
        );
        Self::too_many("operations_per_account", maximum, message)
    }

    fn too_many(name: &'static str, maximum: usize, message: String) -> Self {
        let limit = Limit { name, maximum, reached: maximum.saturating_add(1) };
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { limit: Some(limit), ..Self::new(status, "RATE_LIMITED", message) }
    }

    /// 426, for a request to the WebSocket endpoint that is no handshake.
    pub fn upgrade_required() -> Self {
        let message = "the request must be a WebSocket handshake (RFC 6455) over HTTP/1.1";
        Self::invalid(StatusCode::UPGRADE_REQUIRED, "Upgrade", message)
    }

    /// The error of an operation beyond the maximum of a WebSocket.
    pub fn too_many_operations(maximum: usize) -> Self {
        let limit = Limit { name: "operations", maximum, reached: maximum.saturating_add(1) };
        LimitExceeded::new("QUERY_TOO_COMPLEX", "operations on its connection", limit).into()
    }

    /// 415.
    pub fn unsupported_media_type() -> Self {
        let message = "the body must be application/json in UTF-8";
        Self::invalid(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type", message)
    }

    /// 503, for an operation.
    pub fn operation_timed_out(limit: Duration) -> Self {
        let seconds = usize::try_from(limit.as_secs()).unwrap_or(usize::MAX);
        let message = format!("the operation exceeded the time limit of {seconds} seconds");
        Self {
            limit: Some(Limit { name: "seconds", maximum: seconds, reached: seconds }),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
        }
    }

    /// 503, for a request before or after its operation.
    pub fn request_timed_out() -> Self {
        let message = "the request exceeded its time limit; retry later";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// The status, code and message of a domain error.
    pub fn from_domain(error: &Error) -> Self {
        Self::new(status(error), error.code(), error.to_string())
    }

    /// The error as in a response.
    pub fn value(&self) -> serde_json::Value {
        error_value(self.code, &self.message, self.limit, self.field)
    }

    /// A response with errors only.
    pub fn into_response(self, format: Format, request: &HeaderMap) -> Response {
        let error = self.value();
        let mut response = render(self.status, format, json_body(&json!({ "errors": [error] })));
        let headers = response.headers_mut();
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, bearer::challenge(request));
        }
        let is_temporary =
            [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&self.status);
        if is_temporary {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<LimitExceeded> for RequestError {
    fn from(error: LimitExceeded) -> Self {
        let LimitExceeded { code, message, limit } = error;
        let field = (code == "BAD_USER_INPUT").then_some("query");
        Self { limit: Some(limit), field, ..Self::new(StatusCode::BAD_REQUEST, code, message) }
    }
}
