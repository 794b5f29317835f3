//! Permissions that apply to principals, and the catalog of permissions.

mod views;

use axum::Json;
use entity::{OrganizationId, ServiceAccountId, credential};
use serde::Serialize;
use utoipa::ToSchema;

use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::credentials::Detail;
use crate::domain::{apis, credentials, organizations, roles, service_accounts};
use crate::rest::error::Result;
use crate::rest::list::list;
use crate::rest::paths::{CredentialPath, RolePath, ServiceAccountPath};
use crate::rest::permissions::facts_of;
use crate::rest::responses::{CommonErrors, forbidden};
pub use views::EffectivePermissions;

/// A permission that roles can contain.
#[derive(Serialize, ToSchema)]
pub struct CatalogPermission {
    /// Name of the permission.
    #[schema(pattern = "^[a-z_]+:[a-z]+$", example = "service_accounts:read")]
    name: &'static str,
    /// Operations that the permission allows, in one sentence.
    #[schema(example = "Read service accounts.")]
    description: &'static str,
    /// Type of the resources that the permission applies to.
    #[schema(example = "service_accounts")]
    resource_type: &'static str,
}

list! {
    /// A list of permissions, on one page.
    PermissionCatalog of CatalogPermission
}

/// List the permissions that roles can contain
///
/// All permissions with their descriptions, in the order of their resource types.
#[utoipa::path(
    get, path = "/permissions", tag = "Roles",
    responses((status = 200, description = "All permissions with their descriptions.", body = PermissionCatalog), CommonErrors),
)]
pub async fn list_permissions(op: OpContext) -> Result<Json<PermissionCatalog>> {
    op.client()?;
    let permission = |it: &Permission| CatalogPermission {
        name: it.name(),
        description: it.description(),
        resource_type: it.kind(),
    };
    Ok(Json(Permission::ALL.iter().map(permission).collect()))
}

/// Get the effective permissions of the caller
///
/// Permissions of the caller's roles, within the scope of its token and the restrictions of its
/// credential; and the scopes of APIs that tokens of the credential can have.
#[utoipa::path(
    get, path = "/effective-permissions", tag = "Roles",
    responses((status = 200, description = "The permissions of the caller.", body = EffectivePermissions), CommonErrors),
)]
pub async fn show_own_effective_permissions(op: OpContext) -> Result<Json<EffectivePermissions>> {
    Ok(Json(EffectivePermissions::of_caller(&op).await?))
}

/// Get the effective permissions of a service account
///
/// Permissions that the roles of the service account grant, the scopes of APIs that it holds, and its
/// active credentials with restrictions.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/effective-permissions", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The permissions of the service account.", body = EffectivePermissions), CommonErrors, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn show_effective_permissions(
    op: OpContext,
    at: ServiceAccountPath,
) -> Result<Json<EffectivePermissions>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let id = &at.service_account_id;
    let bindings = roles::held_by_one(&op, organization, id).await?;
    let effective = roles::EffectivePermissions::of_roles(&bindings, None);
    let granted = apis::grants_of_account(op.db(), organization, id).await?;
    let restricted = restricted_credentials(&op, organization, id).await?;
    Ok(Json(EffectivePermissions::new(effective, granted, restricted)?))
}

/// The active credentials of a service account that have restrictions; `None` if the caller may not
/// list its credentials.
async fn restricted_credentials(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Option<Vec<credential::Model>>> {
    let accounts = std::slice::from_ref(id);
    let mut found = credentials::of_accounts(op, organization, accounts, Detail::All).await?;
    let Some(Ok(all)) = found.remove(id) else { return Ok(None) };
    Ok(Some(credentials::restricted(op, all)))
}

/// Get the effective permissions of a credential
///
/// Permissions that a token of the credential has at this server: those of the roles of its service
/// account, within its restrictions. Also the scopes of APIs that its tokens for these APIs can have.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/effective-permissions", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The permissions of the credential.", body = EffectivePermissions), CommonErrors, CredentialPath, forbidden::RolesList),
)]
pub async fn show_credential_effective_permissions(
    op: OpContext,
    at: CredentialPath,
) -> Result<Json<EffectivePermissions>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (account, read) = (&at.service_account_id, Permission::CredentialsRead);
    let row = credentials::fetch_for(&op, read, organization, Some(account), &at.credential_id);
    let row = row.await?;
    let bindings = roles::held_by_one(&op, organization, account).await?;
    let effective = roles::effective_of_credential(&op, &row, &bindings)?;
    let granted = apis::grants_of_account(op.db(), organization, account).await?;
    let granted = apis::effective_grants_of_credential(&row, granted)?;
    let restricted = Vec::from_iter(row.restrictions.is_some().then_some(row));
    Ok(Json(EffectivePermissions::new(effective, granted, Some(restricted))?))
}

/// Whether the caller may grant a role.
#[derive(Serialize, ToSchema)]
pub struct MayGrant {
    /// True if the caller may grant the role to the service account in the whole organization, without an
    /// end.
    #[schema(example = true)]
    may_grant: bool,
}

/// Check whether a role may be granted
///
/// Decides, by the rules that enforce it, whether the caller may grant the role to the service account.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/roles/{role}/may-grant", tag = "Service accounts",
    params(RolePath),
    responses((status = 200, description = "The decision for the caller.", body = MayGrant), CommonErrors, RolePath, forbidden::RolesList),
)]
pub async fn may_grant_role(op: OpContext, at: RolePath) -> Result<Json<MayGrant>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let id = &at.service_account_id;
    let row = service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    let role = roles::fetch(&op, organization, &at.role).await?;
    let access = facts_of(&op, organization, id).await?;
    let may_grant = roles::may_grant(&op, &row, &access, &role);
    Ok(Json(MayGrant { may_grant }))
}
