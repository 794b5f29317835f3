//! Answers: of an operation, of a request that is wrong, and of one that is refused.

use std::io::{self, Write};
use std::time::Duration;

use async_graphql::{Name, Response as Executed, ServerError, Value};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::Format;
use crate::error::Error;
use crate::graphql::errors::label_all;
use crate::graphql::guard::{Cost, Limit, Refusal};
use crate::http::HoldsSecret;
use crate::http::bearer;
use crate::http::status::status;

/// What the engine has to say.
pub enum Answer {
    /// The operation was begun: `data` is there, and maybe errors. With the most bytes that it may
    /// have; none for a mutation, whose payload is not withheld.
    Executed(Box<Executed>, Option<usize>),
    /// It was given up: its answer would have more bytes than it may have.
    TooLarge {
        /// How many it may have.
        maximum: usize,
        /// How many there were by then.
        reached: usize,
    },
    /// It was not: there are only errors.
    NotBegun(Vec<ServerError>),
}

impl Answer {
    /// The errors of a request that did not come to be executed.
    pub fn not_begun(mut errors: Vec<ServerError>) -> Self {
        label_all(&mut errors);
        Self::NotBegun(errors)
    }

    /// The answer with `extensions.cost`.
    pub fn with_cost(mut self, cost: Cost, maximum: usize) -> Self {
        if let Self::Executed(response, _) = &mut self {
            let member = |name: &str, number: usize| (Name::new(name), Value::from(number));
            let cost = [member("requested", cost.objects), member("maximum", maximum)];
            response.extensions.insert("cost".to_owned(), Value::Object(cost.into()));
        }
        self
    }

    /// 200; for errors of the request 400 where the format distinguishes them from answers.
    pub fn into_response(self, format: Format) -> Response {
        match self {
            Self::Executed(response, maximum) => {
                let is_mutation = maximum.is_none();
                let maximum = maximum.unwrap_or(usize::MAX);
                let body = body_within(&response, maximum);
                let mut response = render(StatusCode::OK, format, body);
                if is_mutation {
                    response.extensions_mut().insert(HoldsSecret);
                }
                response
            }
            Self::TooLarge { maximum, reached } => {
                render(StatusCode::OK, format, too_large(maximum, reached))
            }
            Self::NotBegun(errors) => {
                let status = match format {
                    Format::GraphqlResponse => StatusCode::BAD_REQUEST,
                    Format::Json => StatusCode::OK,
                };
                render(status, format, body(&json!({ "errors": errors })))
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
    limit: Option<Limit>,
    field: Option<&'static str>,
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), allow: None, limit: None, field: None }
    }

    /// An invalid input of the request: a parameter, a header, the body or the method.
    fn bad(status: StatusCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(status, "BAD_USER_INPUT", message) }
    }

    /// 400, for a parameter of the request.
    pub fn bad_parameter(field: &'static str, message: &str) -> Self {
        Self::bad(StatusCode::BAD_REQUEST, field, format!("{field} {message}"))
    }

    /// 400, for the body.
    pub fn bad_body(message: &str) -> Self {
        Self::bad(StatusCode::BAD_REQUEST, "body", format!("the body {message}"))
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
        Self { allow: Some(allow), ..Self::bad(status, "method", format!("use {allow}")) }
    }

    /// 406.
    pub fn not_acceptable() -> Self {
        let message = "the answer is application/graphql-response+json or application/json";
        Self::bad(StatusCode::NOT_ACCEPTABLE, "Accept", message)
    }

    /// 413, for the body or the query string.
    pub fn too_large(field: &'static str, maximum: usize, reached: usize) -> Self {
        let limit = Limit { name: "body_bytes", maximum, reached };
        let refusal = Refusal::over("BAD_USER_INPUT", "bytes", limit);
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self { limit: Some(limit), ..Self::bad(status, field, refusal.message) }
    }

    /// 415.
    pub fn unsupported_media_type() -> Self {
        let message = "the body must be application/json in UTF-8";
        Self::bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type", message)
    }

    /// 503.
    pub fn timed_out(limit: Duration) -> Self {
        let seconds = usize::try_from(limit.as_secs()).unwrap_or(usize::MAX);
        let message = format!("the operation took longer than the maximum of {seconds} seconds");
        Self {
            limit: Some(Limit { name: "seconds", maximum: seconds, reached: seconds }),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
        }
    }

    /// 503.
    pub fn late() -> Self {
        let message = "the request took too long; try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// As the error has it.
    pub fn of(error: &Error) -> Self {
        Self::new(status(error), error.code(), error.to_string())
    }

    /// As errors alone, whatever the format.
    pub fn into_response(self, format: Format, request: &HeaderMap) -> Response {
        let error = error(self.code, &self.message, self.limit, self.field);
        let mut response = render(self.status, format, body(&json!({ "errors": [error] })));
        let headers = response.headers_mut();
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, bearer::challenge(request));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, message, limit } = refusal;
        let field = (code == "BAD_USER_INPUT").then_some("query");
        Self { limit, field, ..Self::new(StatusCode::BAD_REQUEST, code, message) }
    }
}

/// An error without a path.
fn error(
    code: &'static str,
    message: &str,
    limit: Option<Limit>,
    field: Option<&'static str>,
) -> serde_json::Value {
    let mut extensions = json!({ "code": code });
    if let Some(limit) = limit {
        extensions["limit"] = json!(limit.value());
    }
    if let Some(field) = field {
        extensions["field"] = json!(field);
    }
    json!({ "message": message, "extensions": extensions })
}

fn body(of: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(of).map_err(Error::internal)
}

/// The body, or an error in its place if it is too long.
fn body_within(of: &impl Serialize, maximum: usize) -> Result<Vec<u8>, Error> {
    let mut bounded = Bounded { bytes: Vec::new(), maximum, reached: 0 };
    serde_json::to_writer(&mut bounded, of).map_err(Error::internal)?;
    let Bounded { bytes, reached, .. } = bounded;
    if reached <= maximum {
        return Ok(bytes);
    }
    too_large(maximum, reached)
}

fn too_large(maximum: usize, reached: usize) -> Result<Vec<u8>, Error> {
    let limit = Limit { name: "response_bytes", maximum, reached };
    let Refusal { code, message, limit } =
        Refusal::over("QUERY_TOO_COMPLEX", "bytes in its answer", limit);
    let error = error(code, &message, limit, None);
    body(&json!({ "errors": [error], "data": null }))
}

/// Keeps what is written to it up to a maximum, and counts all of it.
struct Bounded {
    bytes: Vec<u8>,
    maximum: usize,
    reached: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.reached += bytes.len();
        if self.reached <= self.maximum {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn render(status: StatusCode, format: Format, body: Result<Vec<u8>, Error>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            error.log();
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
