//! HTML pages and their static files.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// Media type of style sheets.
pub const CSS: &str = "text/css; charset=utf-8";

/// Media type of scripts.
pub const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Media type of SVG images.
pub const SVG: &str = "image/svg+xml";

/// An HTML page with a content security policy.
pub fn html(policy: &'static str, body: &'static str) -> Response {
    with_content_security_policy(policy, file("text/html; charset=utf-8", "no-cache", body))
}

/// The page with a `Content-Security-Policy` and the other security headers of a page.
pub fn with_content_security_policy(policy: &'static str, mut page: Response) -> Response {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        page.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    page
}

/// A static file.
pub fn file(
    content_type: &'static str,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, cache_control),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body.into()).into_response()
}
