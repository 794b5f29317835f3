//! Disabling and enabling credentials, and revoking their tokens.

use axum::Json;

use super::examples;
use super::views::Credential;
use crate::context::OpContext;
use crate::domain::{credentials, organizations};
use crate::rest::body::NoBody;
use crate::rest::error::Result;
use crate::rest::paths::CredentialPath;
use crate::rest::responses::{CommonErrors, conflicts, forbidden, invalid};

/// Disable a credential
///
/// Disables a credential until it is enabled again. It and its tokens are rejected from the next request
/// on. Disabling the last active credential of the last `org_admin` of an organization fails with 409.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/disable", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The disabled credential.", body = Credential, example = json!(examples::disabled())), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NoBody, conflicts::LastAdmin),
)]
pub async fn disable_credential(
    op: OpContext,
    at: CredentialPath,
    _: NoBody,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    let row = credentials::disable(&op, organization, account, &at.credential_id).await?;
    Ok(Json(Credential::of(row)?))
}

/// Enable a credential
///
/// Enables a disabled credential. One that has expired or retired meanwhile stays expired or retired.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/enable", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The enabled credential.", body = Credential), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NoBody),
)]
pub async fn enable_credential(
    op: OpContext,
    at: CredentialPath,
    _: NoBody,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    let row = credentials::enable(&op, organization, account, &at.credential_id).await?;
    Ok(Json(Credential::of(row)?))
}

/// Revoke the tokens of a credential
///
/// Revokes every token that was issued to the credential so far: they are rejected from the next request
/// on. The credential stays active and can get new tokens.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/revoke-tokens", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The credential whose tokens are revoked.", body = Credential), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NoBody),
)]
pub async fn revoke_credential_tokens(
    op: OpContext,
    at: CredentialPath,
    _: NoBody,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    let row = credentials::revoke_tokens(&op, organization, account, &at.credential_id).await?;
    Ok(Json(Credential::of(row)?))
}
