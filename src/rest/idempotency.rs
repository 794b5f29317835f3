//! Extractor of the idempotency key of a request that creates a resource.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use utoipa::IntoParams;

use super::error::Failure;
use crate::domain::idempotency;
use crate::error::{Error, Result};
use crate::http::request_id::RequestId;

const KEY: &str = "Idempotency-Key";

/// Number of earlier attempts of the same request, sent by generated clients.
const RETRY_COUNT: HeaderName = HeaderName::from_static("x-stainless-retry-count");

/// The headers that identify a retry.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it documents the headers of `IdempotencyKey`")]
pub struct IdempotencyHeaders {
    /// Idempotency key of the request, chosen by the caller: 1 to 255 visible ASCII characters. A retry
    /// within ten minutes with the same key and body creates nothing and returns the same resource, with
    /// its secret if it has one; the same key with another body fails with 409 and the reason `IDEMPOTENCY_KEY_REUSED`.
    /// Absent: `x-stainless-retry-count` decides.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "8e03978e-40d5-43dd-bc93-6894a57f9324"
    )]
    idempotency_key: Option<String>,
    /// Number of earlier attempts of the same request. Above 0, a request with the same
    /// `X-Client-Request-ID`, path and body as one of the last ten minutes returns the same resource.
    /// Absent, or not a number: 0.
    #[param(rename = "x-stainless-retry-count", example = "0")]
    retry_count: Option<String>,
}

/// The idempotency key of a request: from its `Idempotency-Key`, or from its `X-Client-Request-ID`.
pub struct IdempotencyKey(pub Option<idempotency::IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if let Some(key) = idempotency_key(&parts.headers)? {
            return Ok(Self(Some(key)));
        }
        let request_id = RequestId::from_extensions(&parts.extensions);
        let repeated = is_retry(&parts.headers);
        let key = request_id.from_client.then(|| idempotency::IdempotencyKey::Request {
            id: request_id.id.to_string(),
            repeated,
        });
        Ok(Self(key))
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<idempotency::IdempotencyKey>> {
    let mut keys = headers.get_all(KEY).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => {
            let text = key
                .to_str()
                .map_err(|_| Error::invalid(KEY, "must be 1 to 255 visible characters"))?;
            idempotency::IdempotencyKey::chosen(KEY, text.to_owned()).map(Some)
        }
        (Some(_), Some(_)) => Err(Error::invalid(KEY, "must occur only once")),
    }
}

fn is_retry(headers: &HeaderMap) -> bool {
    let count = headers.get(RETRY_COUNT).and_then(|value| value.to_str().ok());
    count.and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count > 0)
}
