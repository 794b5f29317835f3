//! Pages for browsers: their headers and files.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The media type of style sheets.
pub const CSS: &str = "text/css; charset=utf-8";

/// The media type of scripts.
pub const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The media type of vector images.
pub const SVG: &str = "image/svg+xml";

/// A page that loads and does only what the content security policy allows.
pub fn html(policy: &'static str, body: &'static str) -> Response {
    confine(policy, file("text/html; charset=utf-8", "no-cache", body))
}

/// Adds a content security policy and its companions to a page.
pub fn confine(policy: &'static str, mut page: Response) -> Response {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        page.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    page
}

/// A file that a page loads.
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

/// Whether a header such as `Accept` lists `value` by its name (RFC 9110, section 12.5), not by a
/// wildcard.
pub fn accepts(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(value));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        named && weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_accepted_by_its_name_and_a_weight_above_zero() {
        let accept = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.append(header::ACCEPT, text.parse().expect("a value"));
            accepts(&headers, &header::ACCEPT, "text/html")
        };
        for text in ["text/html", "a/b, TEXT/HTML;level=1;q=0.1", "text/html ; q=1"] {
            assert!(accept(text), "{text}");
        }
        for text in ["*/*", "text/*", "application/json", "text/html;q=0", "text/html;q=x", ""] {
            assert!(!accept(text), "{text}");
        }
    }
}
