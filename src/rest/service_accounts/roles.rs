//! Roles of service accounts: list, grant and revoke.

use axum::Json;
use axum::http::StatusCode;
use entity::{OrganizationId, ServiceAccountId};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::{organizations, roles, service_accounts};
use crate::rest::error::Result;
use crate::rest::paths::{RolePath, ServiceAccountPath};
use crate::rest::responses::{CommonErrors, conflicts, forbidden};
use crate::rest::roles::{Role, RoleList};

/// List the roles of a service account
///
/// All roles that are granted to the service account.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The roles of the service account.", body = RoleList), CommonErrors, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn list_service_account_roles(
    op: OpContext,
    at: ServiceAccountPath,
) -> Result<Json<RoleList>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    granted(&op, organization, id).await
}

/// Grant a role to a service account
///
/// The caller must hold every permission of the role and every permission that the service account
/// holds. Also requires `roles:list`, as the response lists the roles. Granting a role that is already
/// granted changes nothing.
#[utoipa::path(
    put, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles/{role}", tag = "Service accounts",
    params(RolePath),
    responses((status = 200, description = "All roles that are now granted to the service account.", body = RoleList), CommonErrors, RolePath, forbidden::RolesGrant),
)]
pub async fn grant_role(op: OpContext, at: RolePath) -> Result<Json<RoleList>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    roles::grant(&op, organization, id, at.role).await?;
    granted(&op, organization, id).await
}

/// Revoke a role from a service account
///
/// The caller must hold every permission that the service account holds. Revoking a role that is not
/// granted changes nothing. Revoking `org_admin` from the last `org_admin` of an organization fails with
/// 409.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles/{role}", tag = "Service accounts",
    params(RolePath),
    responses((status = 204, description = "The role was revoked."), CommonErrors, RolePath, forbidden::RolesGrant, conflicts::LastAdmin),
)]
pub async fn revoke_role(op: OpContext, at: RolePath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    roles::revoke(&op, organization, &at.service_account_id, at.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The roles of a service account, which the caller may list.
async fn granted(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Json<RoleList>> {
    let mut held = roles::held_by(op, organization, std::slice::from_ref(id)).await?;
    let held = held.remove(id).transpose()?.unwrap_or_default();
    Ok(Json(held.iter().map(Role::from).collect()))
}
