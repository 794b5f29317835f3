//! Service accounts.

mod views;

use axum::Json;
use axum::http::StatusCode;

use super::body::Body;
use super::error::Result;
use super::extract::{OrganizationPath, ServiceAccountPath};
use super::list::{Expand, ListQuery, PageParams};
use super::responses::{BadBody, BadInput, Conflicting, Refused};
use super::retries::{Once, OnceHeaders};
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::{organizations, service_accounts};
use views::{CreateServiceAccount, ServiceAccount, ServiceAccountList, UpdateServiceAccount};

/// Make a service account
///
/// It holds no role and has no credential yet.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts", tag = "Service accounts",
    params(OrganizationPath, OnceHeaders),
    request_body = CreateServiceAccount,
    responses((status = 201, description = "It was made.", body = ServiceAccount), Refused, BadBody, Conflicting),
)]
pub async fn create_service_account(
    cx: Cx,
    at: OrganizationPath,
    Once(key): Once,
    Body(body): Body<CreateServiceAccount>,
) -> Result<(StatusCode, Json<ServiceAccount>)> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let row = service_accounts::create(&cx, organization, body.into(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(ServiceAccount::of(&cx, row, false))))
}

/// List the service accounts
///
/// In order of creation.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts", tag = "Service accounts",
    params(OrganizationPath, PageParams, Expand),
    responses((status = 200, description = "A page.", body = ServiceAccountList), Refused, BadInput),
)]
pub async fn list_service_accounts(
    cx: Cx,
    at: OrganizationPath,
    query: ListQuery,
) -> Result<Json<ServiceAccountList>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let page = service_accounts::list(&cx, organization, &query.page).await?;
    Ok(Json(ServiceAccountList::of(&cx, page, organization, query.expand)))
}

/// Get a service account
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath, Expand),
    responses((status = 200, description = "The service account.", body = ServiceAccount), Refused, BadInput),
)]
pub async fn get_service_account(
    cx: Cx,
    at: ServiceAccountPath,
    Expand { expand }: Expand,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let (read, id) = (Permission::ServiceAccountsRead, &at.service_account_id);
    let row = service_accounts::fetch_for(&cx, read, organization, id).await?;
    Ok(Json(ServiceAccount::of(&cx, row, expand)))
}

/// Change a service account
///
/// What is absent stays; a `description` that is null or empty is cleared. Members that the server
/// owns are ignored.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath),
    request_body = UpdateServiceAccount,
    responses((status = 200, description = "As it is now.", body = ServiceAccount), Refused, BadBody),
)]
pub async fn update_service_account(
    cx: Cx,
    at: ServiceAccountPath,
    Body(body): Body<UpdateServiceAccount>,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let id = &at.service_account_id;
    let row = service_accounts::update(&cx, organization, id, body.into()).await?;
    Ok(Json(ServiceAccount::of(&cx, row, false)))
}

/// Delete a service account
///
/// With its credentials: they and their tokens are refused from the next request on. An
/// organization keeps its last admin.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 204, description = "It is gone."), Refused, Conflicting),
)]
pub async fn delete_service_account(cx: Cx, at: ServiceAccountPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    service_accounts::delete(&cx, organization, &at.service_account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
