//! The `Authorization` header of a client.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::http::form_encoding::{Pair, decode};
use crate::oauth::error::Error;

/// The client authentication in an `Authorization` header.
pub enum Authorization {
    /// The request has no such header.
    None,
    /// HTTP Basic: client id and secret.
    Basic(Pair),
    /// A scheme that is not supported.
    Other,
}

impl Authorization {
    /// Reads `Basic base64(form-encoded id ":" form-encoded secret)`.
    pub fn read(headers: &HeaderMap) -> Result<Self, Error> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Ok(Self::None) };
        if values.next().is_some() {
            return Err(Error::InvalidRequest("multiple Authorization headers in one request"));
        }
        let (scheme, encoded) =
            value.to_str().ok().and_then(|it| it.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(Self::Other);
        }
        let malformed = Error::InvalidRequest(
            "the Authorization header must be Basic with base64 of client id, colon and client secret",
        );
        let Ok(bytes) = STANDARD.decode(encoded.trim()).map(Zeroizing::new) else {
            return Err(malformed);
        };
        match bytes.iter().position(|&byte| byte == b':') {
            Some(colon) => {
                Ok(Self::Basic((decode(&bytes[..colon])?, decode(&bytes[colon + 1..])?)))
            }
            None => Err(malformed),
        }
    }
}
