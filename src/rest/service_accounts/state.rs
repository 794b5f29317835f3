//! Disabling and enabling service accounts, and revoking their tokens.

use axum::Json;

use super::views::{ServiceAccount, changed, disabled};
use crate::context::OpContext;
use crate::domain::{organizations, service_accounts};
use crate::rest::body::NoBody;
use crate::rest::error::Result;
use crate::rest::paths::ServiceAccountPath;
use crate::rest::responses::{CommonErrors, conflicts, forbidden, invalid};

/// Disable a service account
///
/// Disables a service account until it is enabled again. Its credentials and tokens are rejected from the
/// next request on. The caller must hold every permission that the service account holds. Disabling the
/// last `org_admin` of an organization fails with 409.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/disable", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The disabled service account.", body = ServiceAccount, example = json!(disabled())), CommonErrors, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody, conflicts::LastAdmin),
)]
pub async fn disable_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::disable(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row)))
}

/// Enable a service account
///
/// Enables a disabled service account. The caller must hold every permission that the service account
/// holds.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/enable", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The enabled service account.", body = ServiceAccount, example = json!(changed())), CommonErrors, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody),
)]
pub async fn enable_service_account(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::enable(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row)))
}

/// Revoke the tokens of a service account
///
/// Revokes every token that was issued to the service account so far: they are rejected from the next
/// request on. Its credentials stay active and can get new tokens.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/revoke-tokens", tag = "Service accounts",
    params(ServiceAccountPath),
    responses((status = 200, description = "The service account whose tokens are revoked.", body = ServiceAccount, example = json!(changed())), CommonErrors, ServiceAccountPath, forbidden::ServiceAccountsUpdate, invalid::NoBody),
)]
pub async fn revoke_service_account_tokens(
    op: OpContext,
    at: ServiceAccountPath,
    _: NoBody,
) -> Result<Json<ServiceAccount>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = service_accounts::revoke_tokens(&op, organization, &at.service_account_id).await?;
    Ok(Json(ServiceAccount::of(row)))
}
