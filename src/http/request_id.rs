//! The id by which a caller, the logs and the audit know one request.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::random;

/// Accepted from the caller, and on every answer.
pub const HEADER: HeaderName = HeaderName::from_static("x-client-request-id");

/// The longest id that is taken from a caller.
const MAX_LENGTH: usize = 128;

/// In the extensions of every request.
#[derive(Clone, Debug)]
pub struct RequestId {
    /// The id.
    pub id: Arc<str>,
    /// Whether the caller gave it.
    pub given: bool,
}

impl RequestId {
    /// The caller's, if it is visible text of at most 128 characters; otherwise a new one.
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let visible = |id: &&str| id.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        match given.filter(|id| !id.trim().is_empty() && id.len() <= MAX_LENGTH).filter(visible) {
            Some(id) => Self { id: id.into(), given: true },
            None => Self { id: random::nonce().into(), given: false },
        }
    }

    /// Names a request.
    pub fn give(request: &mut Request) -> Self {
        let id = Self::of(request.headers());
        request.extensions_mut().insert(id.clone());
        id
    }

    /// Names its response.
    pub fn tell(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            headers.insert(HEADER, value);
        }
    }

    /// What the request was named.
    #[must_use]
    pub fn among(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self::of(&HeaderMap::new()))
    }
}
