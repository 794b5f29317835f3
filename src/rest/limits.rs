//! The limits of the server.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::MAX_BODY;
use super::error::Result;
use super::paths::OrganizationPath;
use super::responses::CommonErrors;
use crate::context::OpContext;
use crate::domain::{limits, organizations};

/// Limits that apply to the requests and the resources of an organization. Requests beyond a limit are
/// rejected.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// Maximum number of service accounts of the organization. Absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1000)]
    service_accounts: Option<u64>,
    /// Maximum number of credentials of a service account.
    #[schema(minimum = 1, example = 20)]
    credentials_per_service_account: u64,
    /// Maximum number of APIs of the organization.
    #[schema(minimum = 1, example = 100)]
    apis: u64,
    /// Maximum number of APIs whose scopes a service account holds.
    #[schema(minimum = 1, example = 20)]
    apis_per_service_account: u64,
    /// Maximum number of items on a page.
    #[schema(minimum = 1, example = 100)]
    page_size: u64,
    /// Number of items on a page without `limit`.
    #[schema(minimum = 1, example = 50)]
    default_page_size: u64,
    /// Maximum number of items of a bulk operation.
    #[schema(minimum = 1, example = 100)]
    bulk_items: usize,
    /// Maximum size of a request body, in bytes.
    #[schema(minimum = 1, example = 65536)]
    body_bytes: usize,
    /// Maximum size of the body of a GraphQL request, in bytes.
    #[schema(minimum = 1, example = 65536)]
    graphql_body_bytes: usize,
    /// Maximum number of objects in a GraphQL response, with lists of full length.
    #[schema(minimum = 1, example = 5000)]
    graphql_cost: usize,
    /// Maximum depth of nested fields in a GraphQL document.
    #[schema(minimum = 1, example = 12)]
    graphql_depth: usize,
}

/// Get the limits of an organization
///
/// Returns the limits that apply to the requests and the resources of the organization. GraphQL has all
/// limits of GraphQL requests, in the field `Organization.limits`.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/limits", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The limits of the organization.", body = Limits), CommonErrors, OrganizationPath),
)]
pub async fn get_limits(op: OpContext, at: OrganizationPath) -> Result<Json<Limits>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let limits = limits::of_organization(&op, organization)?;
    Ok(Json(Limits {
        service_accounts: limits.service_accounts,
        credentials_per_service_account: limits.credentials_per_account,
        apis: limits.apis,
        apis_per_service_account: limits.apis_per_account,
        page_size: limits.page_size,
        default_page_size: limits.default_page_size,
        bulk_items: limits.bulk_items,
        body_bytes: MAX_BODY,
        graphql_body_bytes: limits.graphql.body_bytes,
        graphql_cost: limits.graphql.cost,
        graphql_depth: limits.graphql.depth,
    }))
}
