//! Content negotiation (RFC 9110, section 12).

use axum::http::{HeaderMap, HeaderName};

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
    use axum::http::header;

    use super::*;

    #[test]
    fn a_media_type_is_accepted_by_its_name_with_a_weight_above_zero() {
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
