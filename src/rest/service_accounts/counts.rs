//! Numbers of service accounts by status.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::selection::{Selection, ServiceAccountParams};
use crate::context::OpContext;
use crate::domain::{organizations, service_accounts};
use crate::rest::error::Result;
use crate::rest::list::as_parameters;
use crate::rest::paths::OrganizationPath;
use crate::rest::responses::{CommonErrors, forbidden, invalid};

/// Number of service accounts by status.
#[derive(Serialize, ToSchema)]
pub struct ServiceAccountCounts {
    /// Number of resources in total.
    #[schema(example = 12, minimum = 0)]
    total: i64,
    /// Number of resources with the status `ACTIVE`.
    #[schema(example = 10, minimum = 0)]
    active: i64,
    /// Number of resources with the status `DISABLED`.
    #[schema(example = 2, minimum = 0)]
    disabled: i64,
}

/// Count the service accounts of an organization
///
/// The number of service accounts by status, of all or of those that match the filter. `order_by` and
/// `direction` have no effect.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-account-counts", tag = "Service accounts",
    params(OrganizationPath, ServiceAccountParams),
    responses((status = 200, description = "The number of service accounts by status.", body = ServiceAccountCounts), CommonErrors, OrganizationPath, forbidden::ServiceAccountsList, invalid::ExpandQuery),
)]
pub async fn count_service_accounts(
    op: OpContext,
    at: OrganizationPath,
    Selection(selection): Selection,
) -> Result<Json<ServiceAccountCounts>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let counts = service_accounts::counts(&op, organization, &selection.filter).await;
    let service_accounts::ServiceAccountCounts { total, active, disabled } =
        counts.map_err(as_parameters)?;
    Ok(Json(ServiceAccountCounts { total, active, disabled }))
}
