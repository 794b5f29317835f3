//! Request ids: `X-Client-Request-ID` in requests, responses, logs and audit events.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::random;

/// Header of requests and responses.
pub const HEADER: HeaderName = HeaderName::from_static("x-client-request-id");

/// Maximum length of a client's id, in characters.
const MAX_LENGTH: usize = 128;

/// Id of one request, stored in its extensions.
#[derive(Clone, Debug)]
pub struct RequestId {
    /// Text of the id.
    pub id: Arc<str>,
    /// Whether the client chose the id.
    pub from_client: bool,
}

impl RequestId {
    /// The client's id if it is 1 to 128 visible characters, otherwise a random one.
    fn from_headers(headers: &HeaderMap) -> Self {
        let id = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let is_visible = |id: &&str| id.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        match id.filter(|id| !id.trim().is_empty() && id.len() <= MAX_LENGTH).filter(is_visible) {
            Some(id) => Self { id: id.into(), from_client: true },
            None => Self { id: random::nonce().into(), from_client: false },
        }
    }

    /// Id of the request, or a random one if the request has none.
    #[must_use]
    pub fn from_extensions(extensions: &Extensions) -> Self {
        let id = extensions.get::<Self>().cloned();
        id.unwrap_or_else(|| Self::from_headers(&HeaderMap::new()))
    }

    /// Assigns an id to a request.
    pub fn assign(request: &mut Request) -> Self {
        let id = Self::from_headers(request.headers());
        request.extensions_mut().insert(id.clone());
        id
    }

    /// Adds the id to the headers of the response.
    pub fn add_to(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            headers.insert(HEADER, value);
        }
    }
}
