//! Bearer authentication (RFC 6750).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;
use crate::authz::Actor;
use crate::error::{Error, Result};

/// The actor of a request, anonymous without an `Authorization` header.
///
/// # Errors
/// - `Unauthenticated`: the header is repeated, has another scheme, or its token is not valid.
/// - `Unavailable`: the token cannot be validated at the moment.
pub async fn actor(app: &App, headers: &HeaderMap) -> Result<Actor> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(Actor::Anonymous);
    }
    authenticated(app, token(headers)).await
}

/// The actor that the value of an `Authorization` header stands for.
///
/// # Errors
/// As [`actor`].
pub async fn authenticate(app: &App, value: &str) -> Result<Actor> {
    authenticated(app, token_of(value)).await
}

async fn authenticated(app: &App, token: Option<&str>) -> Result<Actor> {
    let token = token.ok_or(Error::Unauthenticated)?;
    Ok(Actor::Client(Arc::new(app.auth.authenticate_token(token).await?)))
}

/// The `WWW-Authenticate` header of a 401 (RFC 6750, section 3). It has an error code only if the
/// request had a token.
#[must_use]
pub fn challenge(headers: &HeaderMap) -> HeaderValue {
    HeaderValue::from_static(if headers.contains_key(header::AUTHORIZATION) {
        r#"Bearer realm="postern", error="invalid_token""#
    } else {
        r#"Bearer realm="postern""#
    })
}

/// The token of a request with one `Authorization` header.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok().and_then(token_of)
}

/// The token in the value of an `Authorization` header.
#[must_use]
pub fn token_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
