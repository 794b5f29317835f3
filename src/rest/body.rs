//! Bodies of requests.

mod fit;
mod members;
mod message;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::Failure;
use crate::http::body::{self, Unread};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// Members of resources that the server sets. In requests they are ignored, so that a resource can
/// be sent back as it was read. None of them would restrict or end anything.
const READ_ONLY: [&str; 18] = [
    "api_id",
    "auth_method",
    "client_id",
    "client_secret",
    "created_at",
    "first_used_at",
    "id",
    "last_source_address",
    "last_used_at",
    "last_user_agent",
    "organization_id",
    "permissions",
    "revoked_grants",
    "service_account_id",
    "sso_enabled",
    "token_count",
    "updated_at",
    "usage",
];

/// A JSON object in UTF-8 of at most 64 KiB.
pub struct Body<T>(pub T);

/// The same; no body, or null, is the default.
pub struct OptionalBody<T>(pub T);

/// No body, null, or an object without members: an operation that takes no input ignores none.
pub type NoBody = OptionalBody<NoMembers>;

/// An object without members.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoMembers {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        check_type(&parts.headers)?;
        parse(&read(body).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        check_type(&parts.headers)?;
        if body.trim_ascii() == b"null" {
            return Ok(Self(T::default()));
        }
        parse(&body).map(Self)
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    if body::is_json(headers) { Ok(()) } else { Err(not_json()) }
}

async fn read(body: axum::body::Body) -> Result<Vec<u8>, Failure> {
    body::read(body, MAX_BODY).await.map_err(|unread| match unread {
        Unread::TooLarge => too_large(),
        Unread::Broken => Failure::bad("the body could not be read"),
    })
}

/// 415.
pub fn not_json() -> Failure {
    let (status, why) =
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
    Failure::new(status, "UNSUPPORTED_MEDIA_TYPE", why)
}

/// 413.
pub fn too_large() -> Failure {
    let why = format!("the body has more than {MAX_BODY} bytes");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", why)
}

/// Reads the members of `T` from an object: each name once, and none that is unknown.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let text = std::str::from_utf8(body).map_err(|_| Failure::bad("the body is not UTF-8"))?;
    let (document, twice) = members::read(text).map_err(|error| {
        Failure::bad(format!("the body is not JSON: {}", message::whole(&error.to_string())))
    })?;
    let Value::Object(mut members) = document else {
        return Err(Failure::bad("the body must be a JSON object"));
    };
    members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    let twice = twice.into_iter().map(message::shortened).collect();
    Ok(fit::fit(Value::Object(members), twice)?)
}
