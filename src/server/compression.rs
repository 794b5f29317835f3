//! Compression of JSON responses. A response is in memory as a whole, so it is compressed in one
//! piece and has a `Content-Length`.

use std::io::{self, Write};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::error_responses;
use crate::http::{HoldsSecret, content_negotiation};

/// Minimum length of a compressed response, in bytes.
const MIN_LENGTH: usize = 1024;

/// Maximum length of a response that is compressed on the thread of its connection, in bytes.
const MAX_INLINE: usize = 64 * 1024;

/// Compresses the response if the request accepts gzip.
pub async fn apply(request: Request, next: Next) -> Response {
    let accepted =
        content_negotiation::accepts(request.headers(), &header::ACCEPT_ENCODING, "gzip");
    let mut response = next.run(request).await;
    if !is_compressible(&response) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !accepted {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let compressed = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(body) => compress(body).await,
        Err(error) => Err(io::Error::other(error)),
    };
    match compressed {
        Ok(body) => {
            parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Response::from_parts(parts, Body::from(body))
        }
        Err(error) => {
            tracing::error!(error.cause = %error, "response compression failed");
            error_responses::internal_error().into_response()
        }
    }
}

fn is_compressible(response: &Response) -> bool {
    let length = response.body().size_hint().exact();
    length.is_some_and(|length| length >= MIN_LENGTH as u64)
        && is_json(response.headers())
        && !response.headers().contains_key(header::CONTENT_ENCODING)
        && response.extensions().get::<HoldsSecret>().is_none()
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

async fn compress(body: Bytes) -> io::Result<Vec<u8>> {
    if body.len() <= MAX_INLINE {
        return gzip(&body);
    }
    tokio::task::spawn_blocking(move || gzip(&body)).await?
}

/// Compresses a body.
///
/// # Errors
/// The encoder fails.
pub fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}
