//! Request bodies: reading up to a limit, and JSON.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde::de::{DeserializeOwned, Error as _};

/// Maximum length of a too large body that is read to its end and discarded, in bytes: a client whose
/// connection closes while it sends does not see the response.
const MAX_DISCARDED: usize = 16 * 1024 * 1024;

/// Reason why a body could not be read.
#[derive(Debug)]
pub enum Unread {
    /// The body is longer than the limit.
    TooLarge,
    /// The body is incomplete.
    Broken,
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// The body is too large or incomplete.
pub async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, Unread> {
    let (mut bytes, mut received) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        received += data.len();
        if received <= limit {
            bytes.extend_from_slice(&data);
        } else if received > MAX_DISCARDED {
            break;
        }
    }
    if received <= limit { Ok(bytes) } else { Err(Unread::TooLarge) }
}

/// Whether the body has exactly one media type, `application/json`, in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let mut parts = only.to_str().unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// Parses a JSON object.
///
/// # Errors
/// The body is not a JSON object in UTF-8, or does not match the type.
pub fn object<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
    // serde also accepts an array for a struct, with the fields in their order.
    if !text.trim_start().starts_with('{') {
        return Err(serde_json::Error::custom("not a JSON object"));
    }
    serde_json::from_str(text)
}
