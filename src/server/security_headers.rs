//! Security headers of responses.

use axum::http::header::{self, Entry};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::ServerConfig;

/// Security headers of all responses.
pub struct SecurityHeaders {
    /// `Strict-Transport-Security` (RFC 6797), if enabled.
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub fn new(settings: &ServerConfig) -> Self {
        let seconds = settings.hsts_seconds;
        let hsts = (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok());
        Self { hsts: hsts.flatten() }
    }

    /// Whether caches may store the responses of a path by default: the API documentation is public.
    pub fn is_cacheable(path: &str) -> bool {
        path == "/openapi.json" || path == "/docs" || path.starts_with("/docs/")
    }

    /// Adds the headers that the response does not set itself.
    pub fn add_to(&self, headers: &mut HeaderMap, is_cacheable: bool) {
        let mut add = |name: HeaderName, value: HeaderValue| {
            if let Entry::Vacant(entry) = headers.entry(name) {
                entry.insert(value);
            }
        };
        add(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        add(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if !is_cacheable {
            add(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(hsts) = &self.hsts {
            add(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
    }
}
