//! Bodies of requests.

mod members;

use std::borrow::Cow;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::error::Failure;
use crate::error::{Error, FieldError};
use crate::server::body::{self, Unread};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The longest message of the parser that is repeated, in bytes: it may quote the body.
const MAX_MESSAGE: usize = 200;

/// The longest path of a field that is repeated, in bytes.
const MAX_PATH: usize = 100;

/// Members of resources that the server sets. In requests they are ignored, so that a resource can
/// be sent back as it was read.
const READ_ONLY: [&str; 18] = [
    "auth_method",
    "client_id",
    "client_secret",
    "created_at",
    "disabled_at",
    "first_used_at",
    "id",
    "last_source_address",
    "last_used_at",
    "last_user_agent",
    "organization_id",
    "permissions",
    "retires_at",
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
    if body::is_json(headers) {
        return Ok(());
    }
    let (status, why) =
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
    Err(Failure::new(status, "UNSUPPORTED_MEDIA_TYPE", why))
}

async fn read(body: axum::body::Body) -> Result<Vec<u8>, Failure> {
    body::read(body, MAX_BODY).await.map_err(|unread| match unread {
        Unread::TooLarge => {
            let why = format!("the body has more than {MAX_BODY} bytes");
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", why)
        }
        Unread::Broken => Failure::bad("the body could not be read"),
    })
}

/// Reads the members of `T` from an object: each name once, and none that is unknown.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let text = std::str::from_utf8(body).map_err(|_| Failure::bad("the body is not UTF-8"))?;
    let (document, twice) = members::read(text).map_err(|error| {
        Failure::bad(format!("the body is not JSON: {}", cut(&error.to_string(), MAX_MESSAGE)))
    })?;
    let Value::Object(mut members) = document else {
        return Err(Failure::bad("the body must be a JSON object"));
    };
    if !twice.is_empty() {
        return Err(Error::Invalid(twice.into_iter().map(shortened).collect()).into());
    }
    members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let path = spelt(error.path());
        let message = message(&error.inner().to_string());
        Error::Invalid(vec![shortened(FieldError { path, message })]).into()
    })
}

/// What the parser found, in words for the caller.
fn message(found: &str) -> String {
    match found.strip_prefix("unknown field ").and_then(|rest| rest.split_once("`, ")) {
        Some((_, expected)) => format!("unknown field, {}", cut(expected, MAX_MESSAGE)),
        None => cut(found, MAX_MESSAGE).into_owned(),
    }
}

fn spelt(path: &Path) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    });
    segments.collect::<Vec<_>>().join(".")
}

fn shortened(FieldError { path, message }: FieldError) -> FieldError {
    FieldError { path: cut(&path, MAX_PATH).into_owned(), message }
}

fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(longest)]).into()
}
