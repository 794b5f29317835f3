//! Error responses of the server itself, in the format of the REST API.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::rest::Failure;

/// 404, for an unknown path.
pub async fn not_found() -> Response {
    Failure::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no resource at this path").into_response()
}

/// 405; the router adds `Allow`.
pub async fn method_not_allowed() -> Response {
    let message = "method not allowed at this path";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).into_response()
}

/// 503, for a request that exceeds its time limit.
pub fn timed_out() -> Response {
    let message = "the request took too long; try again in a moment";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).into_response()
}

/// 500.
pub fn internal_error() -> Response {
    let message = "internal server error";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message).into_response()
}
