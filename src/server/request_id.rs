//! The id by which a caller, the logs and the audit know one request.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::random;

/// Accepted from the caller, and on every answer.
pub const HEADER: HeaderName = HeaderName::from_static("x-client-request-id");

/// The longest id that is taken from a caller.
const MAX_LENGTH: usize = 128;

/// In the extensions of every request.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    /// The caller's, if it is visible text of at most 128 characters; otherwise a new one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let given = given.filter(|id| !id.trim().is_empty() && id.len() <= MAX_LENGTH);
        Self(given.map_or_else(random::nonce, str::to_owned).into())
    }
}

/// Names the request, and the answer after it.
pub async fn name(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
