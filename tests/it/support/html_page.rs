//! Pages for browsers.

use super::Reply;

/// The elements of a page that load a file: its URL, and the whole element.
pub fn loads(page: &str) -> Vec<(&str, &str)> {
    let elements = page.split('<').filter(|it| it.starts_with("link ") || it.starts_with("script"));
    elements
        .map(|element| {
            let after = element.split_once("href=\"").or_else(|| element.split_once("src=\""));
            let (_, url) = after.unwrap_or_else(|| panic!("inline code: {element}"));
            (url.split('"').next().expect("a URL"), element)
        })
        .collect()
}

/// Asserts the headers that every page needs, and that it holds no code itself.
#[track_caller]
pub fn is_page(reply: &Reply) {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let policy = reply.header("content-security-policy").expect("a policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action '"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("set-cookie"), None);
    for inline in ["<style", " style=", "javascript:", " onclick", " onload", " onsubmit"] {
        assert!(!reply.text.contains(inline), "{inline}");
    }
    assert!(!loads(&reply.text).is_empty());
}
