//! Who calls: from the bearer token of a request (RFC 6750) to an [`Actor`].

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;
use crate::authz::Actor;
use crate::error::{Error, Result};

/// Who the request is from; nobody, if it does not say.
///
/// # Errors
/// `Unauthenticated` when it says something that is not so; `Unavailable` when that cannot be
/// told right now.
pub async fn actor(app: &App, headers: &HeaderMap) -> Result<Actor> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(given), None) = (given.next(), given.next()) else {
        let said = headers.contains_key(header::AUTHORIZATION);
        return if said { Err(Error::Unauthenticated) } else { Ok(Actor::Anonymous) };
    };
    let token = given.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
    Ok(Actor::Client(Arc::new(app.auth.authenticate_token(token).await?)))
}

/// The `WWW-Authenticate` of a 401 (RFC 6750, section 3): it names an error only when a token
/// was sent.
#[must_use]
pub fn challenge(headers: &HeaderMap) -> HeaderValue {
    HeaderValue::from_static(if headers.contains_key(header::AUTHORIZATION) {
        r#"Bearer realm="postern", error="invalid_token""#
    } else {
        r#"Bearer realm="postern""#
    })
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
