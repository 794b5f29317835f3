//! The roles of an organization.

mod effective;
mod inputs;
mod views;

use axum::Json;
use axum::http::StatusCode;

use super::body::RoleBody;
use super::error::Result;
use super::idempotency::{IdempotencyHeaders, IdempotencyKey};
use super::paths::{OrganizationPath, OrganizationRolePath};
use super::responses::{CommonErrors, conflicts, forbidden, invalid};
use crate::context::OpContext;
use crate::domain::{organizations, roles};
pub use effective::*;
use inputs::{CreateRole, DryRun, UpdateRole};
pub use views::{CustomRole, Role, RoleBinding, RoleBindingList, RoleList, UpdatedRole};

/// List the roles of an organization
///
/// All roles that can be granted in the organization: the built-in ones, then its own by their labels.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/roles", tag = "Roles",
    params(OrganizationPath),
    responses((status = 200, description = "All roles of the organization.", body = RoleList), CommonErrors, OrganizationPath, forbidden::RolesList),
)]
pub async fn list_roles(op: OpContext, at: OrganizationPath) -> Result<Json<RoleList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(roles::list(&op, organization).await?.iter().map(Role::from).collect()))
}

/// Create a role
///
/// Creates a role with permissions that the caller holds itself, in the whole organization and without
/// an end.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/roles", tag = "Roles",
    params(OrganizationPath, IdempotencyHeaders),
    request_body = CreateRole,
    responses((status = 201, description = "The created role.", body = CustomRole), CommonErrors, OrganizationPath, forbidden::RolesCreate, invalid::NameBody, conflicts::CreateRole),
)]
pub async fn create_role(
    op: OpContext,
    at: OrganizationPath,
    IdempotencyKey(key): IdempotencyKey,
    RoleBody(body): RoleBody<CreateRole>,
) -> Result<(StatusCode, Json<CustomRole>)> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = roles::create(&op, organization, body.into(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(CustomRole::from(&row.into()))))
}

/// Get a role
///
/// Returns one role of the organization with its permissions.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/roles/{role}", tag = "Roles",
    params(OrganizationRolePath),
    responses((status = 200, description = "The requested role.", body = CustomRole), CommonErrors, OrganizationRolePath),
)]
pub async fn get_role(op: OpContext, at: OrganizationRolePath) -> Result<Json<CustomRole>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(CustomRole::from(&roles::fetch(&op, organization, &at.role).await?)))
}

/// Update a role
///
/// Changes a role for all service accounts that hold it, at once. The caller must hold the permissions
/// of the changed role, and every permission that each of its holders holds. With `dry_run`, checks the
/// change and returns its impact without changing anything.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/roles/{role}", tag = "Roles",
    params(OrganizationRolePath, DryRun),
    request_body = UpdateRole,
    responses((status = 200, description = "The role, and the impact of the change on its holders.", body = UpdatedRole), CommonErrors, OrganizationRolePath, forbidden::RolesUpdate, invalid::NameBody, conflicts::UpdateRole),
)]
pub async fn update_role(
    op: OpContext,
    at: OrganizationRolePath,
    DryRun { dry_run }: DryRun,
    RoleBody(body): RoleBody<UpdateRole>,
) -> Result<Json<UpdatedRole>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let updated = roles::update(&op, organization, &at.role, body.into(), dry_run).await?;
    Ok(Json(updated.into()))
}

/// Delete a role
///
/// Deletes a role that no service account holds; otherwise fails with 409. A built-in role cannot be
/// deleted.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/roles/{role}", tag = "Roles",
    params(OrganizationRolePath),
    responses((status = 204, description = "The role was deleted."), CommonErrors, OrganizationRolePath, forbidden::RolesDelete, conflicts::DeleteRole),
)]
pub async fn delete_role(op: OpContext, at: OrganizationRolePath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    roles::delete(&op, organization, &at.role).await?;
    Ok(StatusCode::NO_CONTENT)
}
