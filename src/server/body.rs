//! Bodies of requests, read whole and never further than a limit.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};

/// Why a body could not be had.
#[derive(Debug)]
pub enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// It broke off.
    Broken,
}

/// Reads a body of at most `limit` bytes; one that announces more is not read at all.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Unread> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > limit as u64) {
        return Err(Unread::TooLarge);
    }
    to_bytes(body, limit).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        match source.is_some_and(|it| it.is::<http_body_util::LengthLimitError>()) {
            true => Unread::TooLarge,
            false => Unread::Broken,
        }
    })
}
