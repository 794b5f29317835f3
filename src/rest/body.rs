//! The body of a request.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::Failure;
use crate::server::body::{self, Unread};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// The longest part of a parser's message that is told, in bytes: it may repeat what was sent.
const MAX_TOLD: usize = 200;

/// A body of JSON: one object, in UTF-8, of at most 64 KiB.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        if !body::is_json(&parts.headers) {
            let (status, why) =
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
            return Err(Failure::new(status, "UNSUPPORTED_MEDIA_TYPE", why));
        }
        let body = body::read(body, MAX_BODY).await.map_err(|unread| match unread {
            Unread::TooLarge => {
                let why = format!("the body has more than {MAX_BODY} bytes");
                Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", why)
            }
            Unread::Broken => Failure::bad("the body could not be read"),
        })?;
        let text = std::str::from_utf8(&body).map_err(|_| Failure::bad("the body is not UTF-8"))?;
        // The parser would also take an array for an object, by the order of its members.
        if !text.trim_start().starts_with('{') {
            return Err(Failure::bad("the body must be a JSON object"));
        }
        serde_json::from_str(text).map(Self).map_err(|error| Failure::bad(told(&error)))
    }
}

fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    format!("the body does not fit: {}", &text[..text.floor_char_boundary(MAX_TOLD)])
}
