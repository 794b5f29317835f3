//! Filters and orders of lists of APIs and of their grants, as inputs.

use async_graphql::{Enum, InputObject};

use super::selection::{OrderDirection, sort};
use crate::domain::apis::{self, ApiGrantSelection, ApiSelection};
use crate::error::{Error, Result};
use crate::page::SortField;

/// Fields that lists of APIs are ordered by; APIs with equal fields are in the order of their IDs.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApiOrderField {
    /// Time of registration.
    CreatedAt,
    /// Display name: its first 32 characters, whatever the case of the letters A to Z.
    Name,
}

/// Fields that lists of grants of an API are ordered by; grants with equal fields are in the order of
/// the IDs of their service accounts.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApiGrantOrderField {
    /// Time at which the service account was first granted a scope of the API.
    CreatedAt,
}

/// Order of a list of APIs.
#[derive(InputObject)]
pub struct ApiOrder {
    /// Field that the list is ordered by.
    field: ApiOrderField,
    /// Direction of the order.
    direction: OrderDirection,
}

/// Order of a list of grants of an API.
#[derive(InputObject)]
pub struct ApiGrantOrder {
    /// Field that the list is ordered by.
    field: ApiGrantOrderField,
    /// Direction of the order.
    direction: OrderDirection,
}

/// Filter of APIs: all parts that are not null must match.
#[derive(InputObject)]
pub struct ApiFilter {
    /// Text that the name or the identifier contains, whatever the case of the letters A to Z: 1 to 100
    /// characters.
    query: Option<String>,
}

/// Filter of the grants of an API: all parts that are not null must match.
#[derive(InputObject)]
pub struct ApiGrantFilter {
    /// Scope of the API that the service accounts hold; null: any scope.
    scope: Option<String>,
}

/// The selection of APIs by these arguments.
pub fn of_apis(filter: Option<ApiFilter>, order: Option<ApiOrder>) -> ApiSelection {
    let filter = filter.map(|it| apis::ApiFilter { query: it.query }).unwrap_or_default();
    let sort = order.map(|it| sort(it.field.into(), it.direction)).unwrap_or_default();
    ApiSelection { filter, sort }
}

/// The selection of grants by these arguments; `scope` is the deprecated way to filter.
///
/// # Errors
/// `Invalid`: both a filter and a scope.
pub fn of_api_grants(
    filter: Option<ApiGrantFilter>,
    scope: Option<String>,
    order: Option<ApiGrantOrder>,
) -> Result<ApiGrantSelection> {
    if filter.is_some() && scope.is_some() {
        return Err(Error::invalid("scope", "must not be combined with filter"));
    }
    let scope = filter.map_or(scope, |it| it.scope);
    let sort = order.map(|ApiGrantOrder { field: ApiGrantOrderField::CreatedAt, direction }| {
        sort(SortField::CreatedAt, direction)
    });
    let (filter, sort) = (apis::ApiGrantFilter { scope }, sort.unwrap_or_default());
    Ok(ApiGrantSelection { filter, sort })
}

/// Names the argument `scope` in an error about the scope of a filter.
pub fn as_argument(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for field in fields.iter_mut().filter(|field| field.path == "filter.scope") {
        "scope".clone_into(&mut field.path);
    }
    Error::Invalid(fields)
}

impl From<ApiOrderField> for SortField {
    fn from(field: ApiOrderField) -> Self {
        match field {
            ApiOrderField::CreatedAt => Self::CreatedAt,
            ApiOrderField::Name => Self::Name,
        }
    }
}
