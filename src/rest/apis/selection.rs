//! The filters and the orders of lists of APIs and of their grants, in the query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use crate::domain::apis::{ApiFilter, ApiGrantFilter, ApiGrantSelection, ApiSelection};
use crate::page::SortField;
use crate::rest::error::Failure;
use crate::rest::list::Parameters;

/// The filter and the order of a list of APIs.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `Selection`")]
pub struct ApiParams {
    /// Text that the name contains, whatever the case of the letters A to Z. The identifier of the API matches
    /// too. Absent: any name.
    #[param(min_length = 1, max_length = 100, example = "orders")]
    query: Option<String>,
    /// Field that the list is ordered by: `created_at`, or `name` for the first 32 characters of the name.
    /// Absent: `created_at`.
    #[param(pattern = "^(created_at|name)$", example = "name")]
    order_by: Option<String>,
    /// Direction of the order. Absent: `asc`.
    #[param(pattern = "^(asc|desc)$", example = "asc")]
    direction: Option<String>,
}

/// The selected part of a list of APIs.
pub struct Selection(pub ApiSelection);

impl<S: Send + Sync> FromRequestParts<S> for Selection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &["query", "order_by", "direction"])?;
        let filter = ApiFilter { query: parameters.text("query") };
        let fields = [("created_at", SortField::CreatedAt), ("name", SortField::Name)];
        let sort = parameters.sort(&fields);
        parameters.finish()?;
        Ok(Self(ApiSelection { filter, sort }))
    }
}

/// The filter and the order of a list of grants of an API.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents the parameters of `GrantSelection`")]
pub struct ApiGrantParams {
    /// Scope of the API that the service accounts hold. Absent: any scope.
    #[param(max_length = 100, example = "orders:read")]
    scope: Option<String>,
    /// Field that the list is ordered by: `created_at`. Absent: `created_at`.
    #[param(pattern = "^created_at$", example = "created_at")]
    order_by: Option<String>,
    /// Direction of the order. Absent: `asc`.
    #[param(pattern = "^(asc|desc)$", example = "desc")]
    direction: Option<String>,
}

/// The selected part of a list of grants of an API.
pub struct GrantSelection(pub ApiGrantSelection);

impl<S: Send + Sync> FromRequestParts<S> for GrantSelection {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read_list(parts, &["scope", "order_by", "direction"])?;
        let filter = ApiGrantFilter { scope: parameters.text("scope") };
        let sort = parameters.sort(&[("created_at", SortField::CreatedAt)]);
        parameters.finish()?;
        Ok(Self(ApiGrantSelection { filter, sort }))
    }
}
