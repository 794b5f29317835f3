//! Disabling and enabling service accounts, and revoking their tokens.

use axum::Json;

use super::views::{ServiceAccount, changed, disabled};
use crate::context::OpContext;
use crate::domain::{organizations, service_accounts};
use crate::rest::body::NoBody;
use crate::rest::error::Result;
use crate::rest::paths::ServiceAccountPath;
use crate::rest::responses::{Refused, conflicts, forbidden, invalid};

/// Disable a service account
///
/// Its credentials and tokens are refused from the next request on, until it is enabled again. The
/// caller must hold every permission that it holds; an organization keeps its last admin.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/disable", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The disabled service account.", body = ServiceAccount, example = json!(disabled())), Refused, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody, conflicts::LastAdmin),
)]
pub async fn disable_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::disable(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row, None)))
}

/// Enable a service account
///
/// The caller must hold every permission that it holds.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/enable", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The enabled service account.", body = ServiceAccount, example = json!(changed())), Refused, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody),
)]
pub async fn enable_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::enable(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row, None)))
}

/// Revoke the tokens of a service account
///
/// Every token that was issued to it so far is refused from the next request on. Its credentials
/// stay valid and get new tokens.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/revoke-tokens", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The service account.", body = ServiceAccount, example = json!(changed())), Refused, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody),
)]
pub async fn revoke_service_account_tokens(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::revoke_tokens(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row, None)))
}
