//! Credentials of service accounts.

mod views;

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};

use super::body::Body;
use super::error::Result;
use super::extract::{CredentialPath, ServiceAccountPath};
use super::list::{Expand, ListQuery, PageParams};
use super::responses::{BadBody, BadInput, Conflicting, Refused};
use super::retries::{Once, OnceHeaders};
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::{credentials, organizations};
use views::{CreateCredential, Credential, CredentialList, NewCredential, UpdateCredential};

/// Make a credential
///
/// For a service account that is no stronger than the caller. The secret is in this answer and
/// never again.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials", tag = "Credentials",
    params(ServiceAccountPath, OnceHeaders),
    request_body = CreateCredential,
    responses((status = 201, description = "It was made.", body = NewCredential), Refused, BadBody, Conflicting),
)]
pub async fn create_credential(
    cx: Cx,
    at: ServiceAccountPath,
    Once(key): Once,
    Body(body): Body<CreateCredential>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<NewCredential>)> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let account = &at.service_account_id;
    let minted = credentials::create(&cx, organization, account, body.into(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(minted.try_into()?)))
}

/// List the credentials of a service account
///
/// In order of creation.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials", tag = "Credentials",
    params(ServiceAccountPath, PageParams, Expand),
    responses((status = 200, description = "A page.", body = CredentialList), Refused, BadInput),
)]
pub async fn list_credentials(
    cx: Cx,
    at: ServiceAccountPath,
    query: ListQuery,
) -> Result<Json<CredentialList>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let id = &at.service_account_id;
    let (account, page) = credentials::list(&cx, organization, id, &query.page).await?;
    Ok(Json(CredentialList::of(&cx, page, &account, query.expand)))
}

/// Get a credential
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath, Expand),
    responses((status = 200, description = "The credential.", body = Credential), Refused, BadInput),
)]
pub async fn get_credential(
    cx: Cx,
    at: CredentialPath,
    Expand { expand }: Expand,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let (read, account) = (Permission::CredentialsRead, Some(&at.service_account_id));
    let row = credentials::fetch_for(&cx, read, organization, account, &at.credential_id).await?;
    Ok(Json(Credential::of(&cx, row, expand)))
}

/// Change a credential
///
/// What is absent stays; a `description` that is null or empty is cleared. Members that the server
/// owns are ignored.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath),
    request_body = UpdateCredential,
    responses((status = 200, description = "As it is now.", body = Credential), Refused, BadBody),
)]
pub async fn update_credential(
    cx: Cx,
    at: CredentialPath,
    Body(body): Body<UpdateCredential>,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let (account, id) = (Some(&at.service_account_id), &at.credential_id);
    let row = credentials::update(&cx, organization, account, id, body.into()).await?;
    Ok(Json(Credential::of(&cx, row, false)))
}

/// Delete a credential
///
/// It and its tokens are refused from the next request on.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath),
    responses((status = 204, description = "It is gone."), Refused),
)]
pub async fn delete_credential(cx: Cx, at: CredentialPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    credentials::delete(&cx, organization, account, &at.credential_id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}
