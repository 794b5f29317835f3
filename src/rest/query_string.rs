//! Query strings.

use axum::http::request::Parts;

use super::error::Failure;
use crate::http::form_encoding::{self, Malformed, Pair};

/// The parameters of a request, in their order.
///
/// # Errors
/// 400: a parameter is not percent-encoded UTF-8.
pub fn parameters(parts: &Parts) -> impl Iterator<Item = Result<Pair, Failure>> {
    let encoded = parts.uri.query().unwrap_or_default().as_bytes();
    form_encoding::pairs(encoded).map(|pair| {
        pair.map_err(|Malformed(why)| {
            Failure::bad_request(format!("malformed query string: {why}"))
        })
    })
}
