//! Numbers of credentials by status.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::selection::{CredentialParams, Selection};
use crate::context::OpContext;
use crate::domain::{credentials, organizations};
use crate::rest::error::Result;
use crate::rest::list::as_parameters;
use crate::rest::paths::OrganizationPath;
use crate::rest::responses::{CommonErrors, forbidden, invalid};

/// Number of credentials by status.
#[derive(Serialize, ToSchema)]
pub struct CredentialCounts {
    /// Number of resources in total.
    #[schema(example = 12, minimum = 0)]
    total: i64,
    /// Number of resources with the status `ACTIVE`.
    #[schema(example = 5, minimum = 0)]
    active: i64,
    /// Number of credentials with the status `RETIRING`.
    #[schema(example = 2, minimum = 0)]
    retiring: i64,
    /// Number of resources with the status `DISABLED`.
    #[schema(example = 2, minimum = 0)]
    disabled: i64,
    /// Number of credentials with the status `ACCOUNT_DISABLED`.
    #[schema(example = 1, minimum = 0)]
    account_disabled: i64,
    /// Number of credentials with the status `EXPIRED`.
    #[schema(example = 1, minimum = 0)]
    expired: i64,
    /// Number of credentials with the status `RETIRED`.
    #[schema(example = 1, minimum = 0)]
    retired: i64,
}

/// Count the credentials of an organization
///
/// The number of credentials by status, of all or of those that match the filter. `order_by` and
/// `direction` have no effect.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/credential-counts", tag = "Credentials",
    params(OrganizationPath, CredentialParams),
    responses((status = 200, description = "The number of credentials by status.", body = CredentialCounts), CommonErrors, OrganizationPath, forbidden::CredentialsList, invalid::ExpandQuery),
)]
pub async fn count_credentials(
    op: OpContext,
    at: OrganizationPath,
    Selection(selection): Selection,
) -> Result<Json<CredentialCounts>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let counts = credentials::counts(&op, organization, &selection.filter).await;
    let credentials::CredentialCounts {
        total,
        active,
        retiring,
        disabled,
        account_disabled,
        expired,
        retired,
    } = counts.map_err(as_parameters)?;
    Ok(Json(CredentialCounts {
        total,
        active,
        retiring,
        disabled,
        account_disabled,
        expired,
        retired,
    }))
}
