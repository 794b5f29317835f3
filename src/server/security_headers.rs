//! Headers that keep browsers and caches from doing what they need not.

use axum::http::header::{self, Entry};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Front;

/// The headers of every response.
pub struct SecurityHeaders {
    /// `Strict-Transport-Security` (RFC 6797), if it is sent.
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub fn new(settings: &Front) -> Self {
        let seconds = settings.hsts_seconds;
        let hsts = (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok());
        Self { hsts: hsts.flatten() }
    }

    /// Whether caches may keep responses of a path that do not say otherwise: the documentation is the
    /// same for everybody.
    pub fn is_public(path: &str) -> bool {
        path == "/openapi.json" || path == "/docs" || path.starts_with("/docs/")
    }

    /// Adds those that a response does not have yet.
    pub fn add(&self, headers: &mut HeaderMap, is_public: bool) {
        let mut add = |name: HeaderName, value: HeaderValue| {
            if let Entry::Vacant(place) = headers.entry(name) {
                place.insert(value);
            }
        };
        add(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        add(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if !is_public {
            add(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(hsts) = &self.hsts {
            add(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
    }
}
