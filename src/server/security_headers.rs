//! Headers that keep browsers and caches from doing what they need not.

use axum::extract::{Request, State};
use axum::http::header::{self, Entry};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Front;

/// `Strict-Transport-Security` (RFC 6797), if it is sent.
#[derive(Clone)]
pub struct Hsts(Option<HeaderValue>);

impl Hsts {
    pub fn new(settings: &Front) -> Self {
        let seconds = settings.hsts_seconds;
        let value = (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok());
        Self(value.flatten())
    }
}

/// Adds the headers that a response does not have yet.
pub async fn apply(State(Hsts(hsts)): State<Hsts>, request: Request, next: Next) -> Response {
    let public = is_public(request.uri().path());
    let mut response = next.run(request).await;
    let mut add = |name: HeaderName, value: HeaderValue| {
        if let Entry::Vacant(place) = response.headers_mut().entry(name) {
            place.insert(value);
        }
    };
    add(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    add(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !public {
        add(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(hsts) = hsts {
        add(header::STRICT_TRANSPORT_SECURITY, hsts);
    }
    response
}

/// Whether caches may keep responses of a path that do not say otherwise: the documentation is the
/// same for everybody.
fn is_public(path: &str) -> bool {
    path == "/openapi.json" || path == "/docs" || path.starts_with("/docs/")
}
