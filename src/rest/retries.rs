//! What tells a create that is sent again from a new one.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use utoipa::IntoParams;

use super::error::Failure;
use crate::domain::idempotency::Key;
use crate::error::{Error, Result};
use crate::http::request_id::RequestId;

const KEY: &str = "Idempotency-Key";
/// How often generated clients have sent the same request before.
const RETRY_COUNT: HeaderName = HeaderName::from_static("x-stainless-retry-count");

/// The headers of a create.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes what `Once` reads")]
pub struct OnceHeaders {
    /// Key that the caller chooses for this request alone. Sent again within ten minutes with the same
    /// body, the request creates nothing more and returns the same resource, with its secret; with
    /// another body it is rejected with 409.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "8e03978e-40d5-43dd-bc93-6894a57f9324"
    )]
    idempotency_key: Option<String>,
    /// Number of times that the same request was sent before; anything but a number is 0. Above 0, a
    /// request with the same `X-Client-Request-ID`, path and body as one of the last ten minutes
    /// returns the same resource.
    #[param(rename = "x-stainless-retry-count", example = "0")]
    retry_count: Option<String>,
}

/// What a create is named by, if by anything.
pub struct Once(pub Option<Key>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if let Some(key) = idempotency_key(&parts.headers)? {
            return Ok(Self(Some(key)));
        }
        let name = RequestId::among(&parts.extensions);
        let repeated = is_repeated(&parts.headers);
        let key = name.given.then(|| Key::Request { id: name.id.to_string(), repeated });
        Ok(Self(key))
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<Key>> {
    let mut given = headers.get_all(KEY).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => {
            let text = key.to_str().map_err(|_| Error::invalid(KEY, "must be visible ASCII"))?;
            Key::chosen(KEY, text.to_owned()).map(Some)
        }
        (Some(_), Some(_)) => Err(Error::invalid(KEY, "must be sent once")),
    }
}

fn is_repeated(headers: &HeaderMap) -> bool {
    let count = headers.get(RETRY_COUNT).and_then(|value| value.to_str().ok());
    count.and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count > 0)
}
