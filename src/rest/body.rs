//! Extractors of JSON request bodies.

mod deserialize;
mod duplicates;
mod messages;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::Failure;
use crate::http::body::{self, Unread};

/// Maximum size of a request body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Members of resources that only the server sets. Requests may contain them, so that a resource can be
/// sent back as it was read; they are ignored. None of them restricts or ends a credential.
const READ_ONLY: [&str; 19] = [
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
    "replaces",
    "revoked_grants",
    "service_account_id",
    "sso_enabled",
    "token_count",
    "updated_at",
    "usage",
];

/// A JSON object in UTF-8 of at most 64 KiB.
pub struct Body<T>(pub T);

/// A [`Body`] whose member `permissions` is an input.
pub struct RoleBody<T>(pub T);

/// A [`Body`] that may be absent or null: then it is the default of the type.
pub struct OptionalBody<T>(pub T);

/// No body, null, or an object without members. Operations without input reject members instead of
/// ignoring them.
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
        parse(&read(body).await?, |_| false).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for RoleBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        check_type(&parts.headers)?;
        parse(&read(body).await?, |name| name == "permissions").map(Self)
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
        parse(&body, |_| false).map(Self)
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    if body::is_json(headers) { Ok(()) } else { Err(not_json()) }
}

async fn read(body: axum::body::Body) -> Result<Vec<u8>, Failure> {
    body::read(body, MAX_BODY).await.map_err(|unread| match unread {
        Unread::TooLarge => too_large(),
        Unread::Broken => Failure::bad_request("the request body could not be read"),
    })
}

/// 415 Unsupported Media Type.
pub fn not_json() -> Failure {
    let (status, message) =
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the request body must be application/json in UTF-8");
    Failure::new(status, "UNSUPPORTED_MEDIA_TYPE", message)
}

/// 413 Payload Too Large.
pub fn too_large() -> Failure {
    let message = format!("the request body must be at most {MAX_BODY} bytes");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
}

/// Parses an object as a `T`. Duplicate and unknown members are errors; read-only ones are ignored unless
/// they are an input.
fn parse<T: DeserializeOwned>(body: &[u8], is_input: fn(&str) -> bool) -> Result<T, Failure> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Failure::bad_request("the request body must be UTF-8"))?;
    let (document, duplicates) = duplicates::parse(text).map_err(|error| {
        Failure::bad_request(format!(
            "the request body must be JSON: {}",
            messages::truncated(&error.to_string())
        ))
    })?;
    let Value::Object(mut members) = document else {
        return Err(Failure::bad_request("the request body must be a JSON object"));
    };
    members.retain(|name, _| is_input(name) || !READ_ONLY.contains(&name.as_str()));
    let duplicates = duplicates.into_iter().map(messages::with_short_path).collect();
    Ok(deserialize::deserialize(Value::Object(members), duplicates)?)
}
