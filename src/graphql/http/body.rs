//! JSON bodies of responses, within a maximum of bytes.

use std::io::{self, Write};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::negotiate::Format;
use crate::error::Error;
use crate::graphql::engine::limits::{Limit, LimitExceeded};

/// An error without a path.
pub fn error_value(
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

/// The body of a value.
pub fn json_body(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(Error::internal)
}

/// The body of a value, or of an error if it has too many bytes.
pub fn json_body_within(value: &impl Serialize, maximum: usize) -> Result<Vec<u8>, Error> {
    let mut bounded = Bounded { bytes: Vec::new(), maximum, reached: 0 };
    serde_json::to_writer(&mut bounded, value).map_err(Error::internal)?;
    let Bounded { bytes, reached, .. } = bounded;
    if reached <= maximum {
        return Ok(bytes);
    }
    too_large(maximum, reached)
}

/// The body of the error of a response with too many bytes.
pub fn too_large(maximum: usize, reached: usize) -> Result<Vec<u8>, Error> {
    json_body(&json!({ "errors": [too_large_value(maximum, reached)], "data": null }))
}

/// The error of a response with too many bytes.
pub fn too_large_value(maximum: usize, reached: usize) -> serde_json::Value {
    let limit = Limit { name: "response_bytes", maximum, reached };
    let LimitExceeded { code, message, limit } =
        LimitExceeded::new("QUERY_TOO_COMPLEX", "bytes in its response", limit);
    error_value(code, &message, Some(limit), None)
}

/// A writer that stores bytes up to a maximum, and counts all of them.
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

/// The response with a body.
pub fn render(status: StatusCode, format: Format, body: Result<Vec<u8>, Error>) -> Response {
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
