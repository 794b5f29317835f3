//! The `Authorization` header of a client.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::http::form_encoding::{Pair, decode};
use crate::oauth::error::Error;

/// What it holds.
pub enum Authorization {
    /// There is none.
    None,
    /// HTTP Basic: client id and secret.
    Basic(Pair),
    /// A scheme that is not supported here.
    Other,
}

impl Authorization {
    /// Reads `Basic base64(form-encoded id ":" form-encoded secret)`.
    pub fn read(headers: &HeaderMap) -> Result<Self, Error> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = given.next() else { return Ok(Self::None) };
        if given.next().is_some() {
            return Err(Error::InvalidRequest("two Authorization headers"));
        }
        let (scheme, encoded) =
            value.to_str().ok().and_then(|it| it.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(Self::Other);
        }
        let malformed = Error::InvalidRequest("malformed Basic credentials");
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
