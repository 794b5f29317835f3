//! The filter of a list of APIs, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use crate::domain::apis::ApiFilter;
use crate::rest::error::Failure;
use crate::rest::list::Parameters;

/// The filter of a list of APIs.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct ApiParams {
    /// Text that the name contains, whatever the case of the letters A to Z. The identifier of the API matches
    /// too. Absent: any name.
    #[param(min_length = 1, max_length = 100, example = "orders")]
    query: Option<String>,
}

/// The selected part of a list of APIs.
pub struct Selection(pub ApiFilter);

impl<S: Send + Sync> FromRequestParts<S> for Selection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(ApiFilter { query: Parameters::read_list(parts, &["query"])?.text("query") }))
    }
}

/// The scope that all items have.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScopeParam {
    /// Scope of the API that the service accounts hold. Absent: any scope.
    #[param(max_length = 100, example = "orders:read")]
    pub scope: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ScopeParam {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self { scope: Parameters::read_list(parts, &["scope"])?.text("scope") })
    }
}
