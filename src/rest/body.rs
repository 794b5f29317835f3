//! The body of a request.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::Failure;
use crate::server::body::{self, Unread};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;

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
        body::object(&body).map(Self).map_err(Failure::bad)
    }
}
