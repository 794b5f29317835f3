//! The scopes to revoke, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use crate::error::Error;
use crate::rest::error::Failure;
use crate::rest::query_string;

/// The scopes to revoke.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RevokedScopes {
    /// Space-separated scopes to revoke: 1 to 100, each of 1 to 100 characters. Absent: all scopes of the
    /// API.
    #[param(value_type = Option<String>, pattern = r"^ *([!#-\[\]-~]{1,100}( +|$)){1,100}$", example = "orders:read")]
    pub scope: Option<Vec<String>>,
}

impl<S: Send + Sync> FromRequestParts<S> for RevokedScopes {
    type Rejection = Failure;

    /// Unknown parameters are rejected: a misspelt `scope` would revoke all scopes.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut scope: Option<Vec<String>> = None;
        for parameter in query_string::parameters(parts) {
            let (name, value) = parameter?;
            if name.as_str() != "scope" {
                return Err(Error::invalid(
                    name.as_str(),
                    "unknown query parameter; the only one is scope",
                )
                .into());
            }
            let scopes = value.split(' ').filter(|it| !it.is_empty()).map(str::to_owned);
            scope.get_or_insert_default().extend(scopes);
        }
        Ok(Self { scope })
    }
}
