//! Identifiers of APIs and their prefixes: absolute URIs in normal form.

use url::Url;

use crate::context::OpContext;
use crate::error::{Error, Result};

/// The maximum length of an identifier, in bytes.
const MAX_LENGTH: usize = 255;

/// Validates an identifier, which must not name this server.
///
/// # Errors
/// `Invalid`.
pub(super) fn validate(op: &OpContext, text: &str) -> Result<String> {
    let field = "identifier";
    let identifier = validate_uri(field, text)?;
    let own = [&op.app.config.audience, &op.app.config.issuer];
    let names = |own: &str| own.trim_end_matches('/') == identifier.trim_end_matches('/');
    if own.iter().any(|own| names(own)) {
        return Err(Error::invalid(field, "must not be the audience of this server"));
    }
    Ok(identifier)
}

/// A valid prefix of identifiers.
///
/// # Errors
/// `Invalid`.
pub fn identifier_prefix(text: &str) -> Result<String> {
    validate_uri("prefix", text)
}

/// Validates an absolute URI without a fragment (RFC 8707, section 2). It must be in normal form: two
/// spellings of one URI would be two identifiers.
///
/// # Errors
/// `Invalid` at `field`.
pub(super) fn validate_uri(field: &str, text: &str) -> Result<String> {
    let wrong = |why: &str| Err(Error::invalid(field, why));
    if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong("must be at most 255 visible ASCII characters");
    }
    let uri = match Url::parse(text) {
        Ok(uri) if uri.fragment().is_none() => uri,
        _ => return wrong("must be an absolute URI without a fragment"),
    };
    // The parser adds a missing path.
    let without_path = uri.as_str().strip_suffix('/').filter(|_| uri.path() == "/");
    let as_written = text == without_path.unwrap_or(uri.as_str());
    if !as_written || !is_host_normal(&uri) || !is_escaping_normal(text) {
        return wrong(
            "must be in normal form: scheme and host in lower case, without the default port, dot \
             segments, needless escapes, or a slash after the host",
        );
    }
    Ok(text.to_owned())
}

/// Whether the host, where there is one, is in lower case; the parser leaves hosts of schemes that it
/// does not know as they are.
fn is_host_normal(uri: &Url) -> bool {
    let is_lower = |host: &str| !host.is_empty() && !host.bytes().any(|it| it.is_ascii_uppercase());
    !uri.has_authority() || uri.host_str().is_some_and(is_lower)
}

/// Whether escapes are in upper case, and only where they are needed (RFC 3986, section 6.2.2).
fn is_escaping_normal(text: &str) -> bool {
    text.split('%').skip(1).all(|escape| {
        let digits = escape.get(..2).unwrap_or_default();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let code = u8::from_str_radix(digits, 16);
        code.is_ok_and(|byte| !unreserved(byte)) && digits.to_ascii_uppercase() == digits
    })
}

/// Whether `identifier` is `prefix` or lies under it; both are in normal form. A prefix ends at a
/// boundary, so that it covers neither longer host names nor other ports or user names.
pub(super) fn covers(prefix: &str, identifier: &str) -> bool {
    let Some(rest) = identifier.strip_prefix(prefix) else { return false };
    rest.is_empty() || prefix.ends_with(['/', ':']) || rest.starts_with(['/', '?'])
}

/// Every prefix that covers `identifier`.
pub(super) fn prefixes(identifier: &str) -> impl Iterator<Item = &str> {
    let each = (1..=identifier.len()).filter_map(|end| identifier.get(..end));
    each.filter(|prefix| covers(prefix, identifier))
}

#[cfg(test)]
mod tests {
    use super::{covers, prefixes, validate_uri};

    const HOST: &str = "https://orders.example.com";

    #[test]
    fn a_prefix_covers_itself_and_identifiers_after_a_boundary() {
        let table = [
            (HOST, "https://orders.example.com", true),
            (HOST, "https://orders.example.com/v1", true),
            (HOST, "https://orders.example.com/?v=1", true),
            (HOST, "https://orders.example.com.evil.test", false),
            (HOST, "https://orders.example.com.", false),
            (HOST, "https://orders.example.com@evil.test", false),
            (HOST, "https://orders.example.com:x@evil.test", false),
            (HOST, "https://orders.example.com:8443", false),
            (HOST, "https://orders.example.company", false),
            (HOST, "https://x@orders.example.com", false),
            (HOST, "http://orders.example.com", false),
            (HOST, "https://example.com", false),
            ("https://x.test/api", "https://x.test/api?tenant=1", true),
            ("https://x.test/api", "https://x.test/api/v1", true),
            ("https://x.test/api", "https://x.test/apis", false),
            ("https://x.test/api", "https://x.test/api%2Fv1", false),
            ("https://x.test/api", "https://x.test/api:v1", false),
            ("https://x.test/api", "https://x.test", false),
            ("https://x.test/api/", "https://x.test/api/v1", true),
            ("https://x.test/api/", "https://x.test/api", false),
            ("urn:example:acme:", "urn:example:acme:orders", true),
            ("urn:example:acme:", "urn:example:acme", false),
            ("urn:example:acme", "urn:example:acme:orders", false),
            ("urn:example:acme", "urn:example:acmes", false),
            ("spiffe://acme.test", "spiffe://acme.test/orders", true),
            ("spiffe://acme.test", "spiffe://acme.test:8443", false),
            ("spiffe://acme.test", "spiffe://acme.test@evil.test", false),
        ];
        for (prefix, identifier, expected) in table {
            assert_eq!(covers(prefix, identifier), expected, "{prefix} {identifier}");
            let listed = prefixes(identifier).any(|it| it == prefix);
            assert_eq!(listed, expected, "{prefix} {identifier}");
            for text in [prefix, identifier] {
                assert!(validate_uri("prefix", text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn a_uri_that_is_not_in_normal_form_is_rejected() {
        for text in [
            "https://orders.example.com/",
            "https://orders.example.com:",
            "https://orders.example.com:443",
            "https://orders.example.com#",
            "https://orders.example.com#x",
            "https://orders.example.com?x",
            "https://orders.example.com\\x",
            "https:orders.example.com",
            "https:/orders.example.com",
            "https://orders.example.com:@evil.test",
            "https://orders.example.com/../x",
            "https://x.test/a/../b",
            "https://x.test/a/%2e%2e/b",
            "https://x.test/a/./b",
            "https://orders%2Eexample.com",
            "https://Orders.example.com",
            "spiffe://acme.test:",
            "spiffe://acme.test/",
            "spiffe://ACME.test",
            "spiffe://",
            "https://x.test/a%2fb",
            "https://x.test/%7Ea",
            "https://x.test/100%",
            "spiffe://acme.test/a/../b",
            "https:",
            "https://",
            "orders",
            "",
        ] {
            assert!(validate_uri("prefix", text).is_err(), "{text}");
        }
    }
}
