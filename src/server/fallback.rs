//! What no surface answers: unknown paths, wrong methods, and our own panics.

use std::any::Any;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// 404.
pub async fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing at this path")
}

/// 405; the router adds `Allow`.
pub async fn method_not_allowed() -> Response {
    let message = "this path does not take that method";
    error(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}

/// 500.
pub fn panicked(what: Box<dyn Any + Send + 'static>) -> Response {
    let text = what.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| what.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(error.cause = text, "a request panicked");
    error(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "something went wrong on our side")
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "message": message, "code": code, "status": status.as_u16() });
    (status, Json(body)).into_response()
}
