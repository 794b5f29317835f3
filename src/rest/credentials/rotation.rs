//! Rotation of credentials: a new credential replaces an old one, which retires after an overlap.

mod views;

use axum::Json;

use super::views::Credential;
use super::{Created, created, examples};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::credentials::rotation;
use crate::domain::{credentials, organizations};
use crate::error::Error;
use crate::rest::body::{NoBody, OptionalBody};
use crate::rest::error::Result;
use crate::rest::idempotency::{IdempotencyHeaders, IdempotencyKey};
use crate::rest::paths::CredentialPath;
use crate::rest::responses::{CommonErrors, conflicts, forbidden, invalid};
use views::{CancelRotation, CancelledRotation, CredentialRotation, StartRotation};

/// Start the rotation of a credential
///
/// Creates a new credential for the same service account, with the restrictions and the expiry of the
/// old one. Both are active until the old one retires, after `overlap` seconds. Also requires
/// `service_account_credentials:create`.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/rotation", tag = "Credentials",
    params(CredentialPath, IdempotencyHeaders),
    request_body = Option<StartRotation>,
    responses((status = 201, description = "The new credential, with its client secret.", body = super::views::NewCredential, example = json!(examples::successor())), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NameBody, conflicts::StartRotation),
)]
pub async fn start_credential_rotation(
    op: OpContext,
    at: CredentialPath,
    IdempotencyKey(key): IdempotencyKey,
    OptionalBody(body): OptionalBody<StartRotation>,
) -> Result<Created> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (account, id) = (Some(&at.service_account_id), &at.credential_id);
    let started = rotation::start(&op, organization, account, id, body.into(), key.as_ref());
    let (_, new) = started.await?;
    created(new)
}

/// Get the rotation of a credential
///
/// Returns the rotation that replaces the credential; 404 if there is none.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/rotation", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The rotation of the credential.", body = CredentialRotation), CommonErrors, CredentialPath),
)]
pub async fn get_credential_rotation(
    op: OpContext,
    at: CredentialPath,
) -> Result<Json<CredentialRotation>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (read, account) = (Permission::CredentialsRead, Some(&at.service_account_id));
    let id = &at.credential_id;
    let row = credentials::fetch_for(&op, read, organization, account, id).await?;
    let rotation = rotation::state(&row, op.now()).zip(row.retires_at);
    let (state, retires_at) = rotation.ok_or(Error::NotFound("rotation"))?;
    let successor = match &row.replaced_by {
        Some(id) => credentials::by_ids(&op, vec![id.clone()]).await?.pop(),
        None => None,
    };
    Ok(Json(CredentialRotation::of(&op, row, state, retires_at, successor)))
}

/// Finish the rotation of a credential
///
/// Retires the old credential before the end of the overlap: it and its tokens are rejected from the
/// next request on. Finishing a finished rotation changes nothing.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/rotation/finish", tag = "Credentials",
    params(CredentialPath),
    responses((status = 200, description = "The old credential, now retired.", body = Credential, example = json!(examples::retired())), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NoBody, conflicts::FinishRotation),
)]
pub async fn finish_credential_rotation(
    op: OpContext,
    at: CredentialPath,
    _: NoBody,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    let row = rotation::finish(&op, organization, account, &at.credential_id).await?;
    Ok(Json(Credential::of(row)?))
}

/// Cancel the rotation of a credential
///
/// Deletes the new credential; the old one stays active and no longer retires. Also requires
/// `service_account_credentials:delete`.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/rotation/cancel", tag = "Credentials",
    params(CredentialPath),
    request_body = Option<CancelRotation>,
    responses((status = 200, description = "The old credential and the id of the deleted one.", body = CancelledRotation), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::ForceBody, conflicts::CancelRotation),
)]
pub async fn cancel_credential_rotation(
    op: OpContext,
    at: CredentialPath,
    OptionalBody(body): OptionalBody<CancelRotation>,
) -> Result<Json<CancelledRotation>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (account, id) = (Some(&at.service_account_id), &at.credential_id);
    let (row, deleted_id) = rotation::cancel(&op, organization, account, id, body.force()).await?;
    let credential = Credential::of(row)?;
    Ok(Json(CancelledRotation { credential, deleted_id }))
}
