//! Answers: of an operation, of a request that is wrong, and of one that is refused.

use std::time::Duration;

use async_graphql::{Response as Executed, ServerError};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::Format;
use crate::authn;
use crate::error::Error;
use crate::graphql::errors::label_all;
use crate::graphql::guard::Refusal;

/// The longest answer, in bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// What the engine has to say.
pub enum Answer {
    /// The operation was begun: `data` is there, and maybe errors.
    Executed(Executed),
    /// It was not: there are only errors.
    NotBegun(Vec<ServerError>),
}

impl Answer {
    /// The errors of a request that did not come to be executed.
    pub fn not_begun(mut errors: Vec<ServerError>) -> Self {
        label_all(&mut errors);
        Self::NotBegun(errors)
    }

    /// 200; for errors of the request 400 where the format tells them from answers.
    pub fn into_response(self, format: Format) -> Response {
        match self {
            Self::Executed(response) => render(StatusCode::OK, format, &response),
            Self::NotBegun(errors) => {
                let status = match format {
                    Format::GraphqlResponse => StatusCode::BAD_REQUEST,
                    Format::Json => StatusCode::OK,
                };
                render(status, format, &json!({ "errors": errors }))
            }
        }
    }
}

/// A request that the engine does not get to see.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<&'static str>,
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None }
    }

    /// 400.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    }

    /// 200, for a query that is named by its hash only: clients of Apollo's protocol send the
    /// document when they find this message or code, and every one of them reads a 200.
    pub fn persisted_query() -> Self {
        let code = "PERSISTED_QUERY_NOT_SUPPORTED";
        Self::new(StatusCode::OK, code, "PersistedQueryNotSupported")
    }

    /// 405.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self { allow: Some(allow), ..Self::new(status, "BAD_USER_INPUT", format!("use {allow}")) }
    }

    /// 406.
    pub fn not_acceptable() -> Self {
        let message = "the answer is application/graphql-response+json or application/json";
        Self::new(StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT", message)
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        let message = format!("the body has more than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BAD_USER_INPUT", message)
    }

    /// 415.
    pub fn unsupported_media_type() -> Self {
        let message = "the body must be application/json in UTF-8";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", message)
    }

    /// 503.
    pub fn timed_out(limit: Duration) -> Self {
        let message = format!("the operation took longer than {} seconds", limit.as_secs());
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// 503.
    pub fn late() -> Self {
        let message = "the request took too long; try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// As the error has it.
    pub fn of(error: &Error) -> Self {
        Self::new(error.status(), error.code(), error.to_string())
    }

    /// As errors alone, whatever the format.
    pub fn into_response(self, format: Format, request: &HeaderMap) -> Response {
        let error = json!({ "message": self.message, "extensions": { "code": self.code } });
        let mut response = render(self.status, format, &json!({ "errors": [error] }));
        let headers = response.headers_mut();
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, authn::challenge(request));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::new(StatusCode::BAD_REQUEST, refusal.code, refusal.message)
    }
}

fn render(status: StatusCode, format: Format, body: &impl Serialize) -> Response {
    let body = match serde_json::to_vec(body) {
        Ok(body) if body.len() <= MAX_ANSWER => body,
        Ok(_) => {
            let message = format!("the answer has more than {MAX_ANSWER} bytes");
            let error =
                json!({ "message": message, "extensions": { "code": "QUERY_TOO_COMPLEX" } });
            json!({ "errors": [error], "data": null }).to_string().into_bytes()
        }
        Err(error) => {
            Error::internal(error).log();
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers = [
        (header::CONTENT_TYPE, format.content_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept"),
    ];
    (status, headers, body).into_response()
}
