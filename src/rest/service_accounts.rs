//! Service accounts.

pub mod bulk;
pub mod counts;
pub mod roles;
mod selection;
pub mod state;
mod views;

use std::collections::HashMap;

use axum::Json;
use axum::http::StatusCode;
use entity::OrganizationId;

use super::body::Body;
use super::error::Result;
use super::idempotency::{IdempotencyHeaders, IdempotencyKey};
use super::list::{Expand, ListQuery, PageInfo, PageParams, as_parameters};
use super::paths::{OrganizationPath, ServiceAccountPath};
use super::permissions::{self, ServiceAccountPermissions};
use super::responses::{CommonErrors, conflicts, forbidden, invalid};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::credential_bounds;
use crate::domain::access::escalation::AccountAccess;
use crate::domain::service_accounts::{ServiceAccountSelection, WithRoles};
use crate::domain::{organizations, service_accounts};
use selection::{Selection, ServiceAccountOrderParams, ServiceAccountParams};
pub use views::ServiceAccount;
use views::{CreateServiceAccount, ServiceAccountList, UpdateServiceAccount};

/// Create a service account
///
/// Creates a service account without credentials. It has no roles unless `roles` grants some.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts", tag = "Service accounts",
    params(OrganizationPath, IdempotencyHeaders),
    request_body = CreateServiceAccount,
    responses((status = 201, description = "The created service account.", body = ServiceAccount), CommonErrors, OrganizationPath, forbidden::ServiceAccountsCreate, invalid::NameBody, conflicts::CreateServiceAccount),
)]
pub async fn create_service_account(
    op: OpContext,
    at: OrganizationPath,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CreateServiceAccount>,
) -> Result<(StatusCode, Json<ServiceAccount>)> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::create(&op, organization, body.into(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(ServiceAccount::of(row))))
}

/// List the service accounts of an organization
///
/// A page of service accounts, in order of creation, oldest first, unless `order_by` is given. A cursor is
/// valid with the filter and the order that it was returned with.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts", tag = "Service accounts",
    params(
        OrganizationPath, PageParams, ServiceAccountParams, ServiceAccountOrderParams, Expand,
    ),
    responses((status = 200, description = "A page of service accounts.", body = ServiceAccountList), CommonErrors, OrganizationPath, forbidden::ServiceAccountsList, invalid::PageQuery),
)]
pub async fn list_service_accounts(
    op: OpContext,
    at: OrganizationPath,
    query: ListQuery,
    Selection(selection): Selection,
) -> Result<Json<ServiceAccountList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    if query.expand.permissions {
        return Ok(Json(list_with_permissions(&op, organization, &selection, &query).await?));
    }
    let page = service_accounts::list(&op, organization, &selection, &query.page).await;
    let page = page.map_err(as_parameters)?;
    let page_info = PageInfo::from(&page);
    let item = |row| ServiceAccount::expanded(row, query.expand, None);
    let items = page.items.into_iter().map(item).collect();
    Ok(Json(ServiceAccountList { items, page_info, permissions: None }))
}

/// One statement reads the accounts with the permissions that they hold. Callers with a restricted or
/// expiring credential need a second one.
async fn list_with_permissions(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &ServiceAccountSelection,
    query: &ListQuery,
) -> Result<ServiceAccountList> {
    let page = service_accounts::list_with_roles(op, organization, selection, &query.page).await;
    let page = page.map_err(as_parameters)?;
    let page_info = PageInfo::from(&page);
    let ids: Vec<_> = page.items.iter().map(|it| it.account.id.clone()).collect();
    let mut bounds = if op.actor.is_bounded() {
        credential_bounds::of_accounts(op.db(), op, organization, &ids).await?
    } else {
        HashMap::new()
    };
    let item = |it: WithRoles| {
        let bounds = bounds.remove(&it.account.id).unwrap_or_default();
        let (facts, account) = (AccountAccess { held: it.held().clone(), bounds }, it.account);
        let subject = facts.resource(organization, &account.id);
        let permissions = ServiceAccountPermissions::of(op, &subject);
        ServiceAccount::expanded(account, query.expand, Some(permissions))
    };
    let items = page.items.into_iter().map(item).collect();
    let permissions = Some(ServiceAccountPermissions::of(op, organization));
    Ok(ServiceAccountList { items, page_info, permissions })
}

/// Get a service account
///
/// Returns one service account of the organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath, Expand),
    responses((status = 200, description = "The requested service account.", body = ServiceAccount), CommonErrors, ServiceAccountPath, invalid::ExpandQuery),
)]
pub async fn get_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    expand: Expand,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (read, id) = (Permission::ServiceAccountsRead, &at.service_account_id);
    let row = service_accounts::fetch_for(&op, read, organization, id).await?;
    if !expand.permissions {
        return Ok(Json(ServiceAccount::expanded(row, expand, None)));
    }
    let facts = permissions::facts_of(&op, organization, id).await?;
    let permissions = ServiceAccountPermissions::of(&op, &facts.resource(organization, id));
    Ok(Json(ServiceAccount::expanded(row, expand, Some(permissions))))
}

/// Update a service account
///
/// Changes the name or the description of a service account, or sets its external id. Absent members
/// keep their values; a null or empty `description` clears it. Members that only the server sets are ignored; unknown members are
/// rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath),
    request_body = UpdateServiceAccount,
    responses((status = 200, description = "The updated service account.", body = ServiceAccount), CommonErrors, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NameBody, conflicts::UpdateServiceAccount),
)]
pub async fn update_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    Body(body): Body<UpdateServiceAccount>,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let id = &at.service_account_id;
    let row = service_accounts::update(&op, organization, id, body.into()).await?;
    Ok(Json(ServiceAccount::of(row)))
}

/// Delete a service account
///
/// Deletes a service account and its credentials: they and their tokens are rejected from the next
/// request on. Deleting the last `org_admin` of an organization fails with 409.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 204, description = "The service account was deleted."), CommonErrors, ServiceAccountPath, forbidden::ServiceAccountsDelete, conflicts::LastAdmin),
)]
pub async fn delete_service_account(op: OpContext, at: ServiceAccountPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    service_accounts::delete(&op, organization, &at.service_account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
