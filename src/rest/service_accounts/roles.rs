//! Roles of service accounts: list, grant and revoke.

mod query;

use axum::Json;
use axum::http::StatusCode;
use entity::{OrganizationId, ServiceAccountId};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::roles::grants::{self, NewBinding};
use crate::domain::{organizations, roles, service_accounts};
use crate::error::Error;
use crate::rest::body::NoBody;
use crate::rest::error::Result;
use crate::rest::paths::{RolePath, ServiceAccountPath};
use crate::rest::responses::{CommonErrors, conflicts, forbidden, invalid};
use crate::rest::roles::{Role, RoleBinding, RoleBindingList, RoleList};
use query::{GrantEnd, RoleQuery, Target};

/// List the roles of a service account
///
/// All roles that the service account holds in the whole organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The roles of the service account.", body = RoleList), CommonErrors, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn list_service_account_roles(
    op: OpContext,
    at: ServiceAccountPath,
) -> Result<Json<RoleList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    granted(&op, organization, &at.service_account_id).await
}

/// List the role bindings of a service account
///
/// All roles that the service account holds, with the service account that each is confined to and its
/// end.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/role-bindings", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The role bindings of the service account.", body = RoleBindingList), CommonErrors, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn list_role_bindings(
    op: OpContext,
    at: ServiceAccountPath,
) -> Result<Json<RoleBindingList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let held = roles::held_by_one(&op, organization, &at.service_account_id).await?;
    Ok(Json(held.into_iter().map(RoleBinding::from).collect()))
}

/// Grant a role to a service account
///
/// Grants the role in the whole organization, or on one service account. The caller must hold every
/// permission of the role and every permission that the service account holds, for as long. Also requires
/// `roles:list`, as the response lists the roles. Granting a role that is already granted sets the end of
/// the grant.
#[utoipa::path(
    put, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles/{role}", tag = "Service accounts",
    params(RolePath, Target, GrantEnd),
    responses((status = 200, description = "All roles that the service account now holds in the whole organization.", body = RoleList), CommonErrors, RolePath, forbidden::RolesGrant, invalid::RoleQuery, conflicts::GrantRole),
)]
pub async fn grant_role(
    op: OpContext,
    at: RolePath,
    query: RoleQuery,
    _: NoBody,
) -> Result<Json<RoleList>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    let new = NewBinding { role: at.role, target: query.target, expires_at: query.expires_at };
    grants::grant(&op, organization, id, &new).await?;
    granted(&op, organization, id).await
}

/// Revoke a role from a service account
///
/// Revokes the role in the whole organization, or on one service account. The caller must hold every
/// permission that the service account holds. Revoking a role that is not granted changes nothing.
/// Revoking `org_admin` from the last `org_admin` of an organization fails with 409.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles/{role}", tag = "Service accounts",
    params(RolePath, Target),
    responses((status = 204, description = "The role was revoked."), CommonErrors, RolePath, forbidden::RolesGrant, invalid::RoleQuery, conflicts::LastAdmin),
)]
pub async fn revoke_role(op: OpContext, at: RolePath, query: RoleQuery) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    if query.expires_at.is_some() {
        return Err(Error::invalid("expires_at", "must be absent").into());
    }
    let target = query.target.as_ref();
    grants::revoke(&op, organization, &at.service_account_id, &at.role, target).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The roles of a service account in the whole organization, which the caller may list.
async fn granted(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Json<RoleList>> {
    let held = roles::held_by_one(op, organization, id).await?;
    let known = held.iter().filter(|it| it.target.is_none()).filter_map(|it| it.role.as_ref());
    Ok(Json(known.map(Role::from).collect()))
}
