//! Credentials of service accounts.

pub mod bulk;
pub mod counts;
mod examples;
mod inputs;
pub mod list_all;
mod restrictions;
pub mod rotation;
mod selection;
pub mod state;
pub mod usage;
mod views;

use axum::http::{HeaderName, StatusCode, header};
use axum::{Extension, Json};
use entity::{OrganizationId, credential};

use super::body::Body;
use super::error::Result;
use super::idempotency::{IdempotencyHeaders, IdempotencyKey};
use super::list::{Expand, ListQuery, PageInfo, PageParams};
use super::paths::{CredentialPath, ServiceAccountPath};
use super::permissions::{self, CredentialPermissions};
use super::responses::{CommonErrors, conflicts, forbidden, invalid};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::escalation::AccountAccess;
use crate::domain::credentials::CreatedCredential;
use crate::domain::{credentials, organizations};
use crate::http::HoldsSecret;
use inputs::{CreateCredential, UpdateCredential};
pub use restrictions::Restrictions;
pub use views::Credential;
use views::{CredentialList, NewCredential, Replaced};

/// The response with a created credential: its secret is neither cached nor compressed.
type Created =
    (StatusCode, Extension<HoldsSecret>, [(HeaderName, &'static str); 1], Json<NewCredential>);

/// Create a credential
///
/// Creates a credential for a service account. The caller must hold every permission that the service
/// account holds. The response contains the client secret, which is not shown again; a credential with
/// a public key has none.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials", tag = "Credentials",
    params(ServiceAccountPath, IdempotencyHeaders),
    request_body = CreateCredential,
    responses((status = 201, description = "The created credential, with its client secret.", body = NewCredential), CommonErrors, ServiceAccountPath, forbidden::CredentialsCreate, invalid::NameBody, conflicts::CreateCredential),
)]
pub async fn create_credential(
    op: OpContext,
    at: ServiceAccountPath,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CreateCredential>,
) -> Result<Created> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = &at.service_account_id;
    let new = credentials::create(&op, organization, account, body.into(), key.as_ref()).await?;
    created(new)
}

fn created(new: CreatedCredential) -> Result<Created> {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, Extension(HoldsSecret), no_store, Json(new.try_into()?)))
}

/// List the credentials of a service account
///
/// A page of credentials in order of creation, oldest first.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials", tag = "Credentials",
    params(ServiceAccountPath, PageParams, Expand),
    responses((status = 200, description = "A page of credentials.", body = CredentialList), CommonErrors, ServiceAccountPath, forbidden::CredentialsList, invalid::PageQuery),
)]
pub async fn list_credentials(
    op: OpContext,
    at: ServiceAccountPath,
    query: ListQuery,
) -> Result<Json<CredentialList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (id, expand) = (&at.service_account_id, query.expand);
    let (_, page) = credentials::list(&op, organization, id, &query.page).await?;
    let facts = match expand.permissions {
        true => Some(permissions::facts_of(&op, organization, id).await?),
        false => None,
    };
    let page_info = PageInfo::from(&page);
    let replaced = replaced_by(&op, organization, expand, &page.items).await?;
    let item = |row| {
        let permissions = facts.as_ref().map(|facts| permissions_of(&op, &row, facts));
        Credential::expanded(&op, row, expand, &replaced, permissions)
    };
    let items = page.items.into_iter().map(item).collect::<crate::error::Result<_>>()?;
    let of_list =
        |facts: &AccountAccess| CredentialPermissions::of(&op, &facts.resource(organization, id));
    Ok(Json(CredentialList { items, page_info, permissions: facts.as_ref().map(of_list) }))
}

/// Get a credential
///
/// Returns one credential of the service account, without its secret.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath, Expand),
    responses((status = 200, description = "The requested credential.", body = Credential), CommonErrors, CredentialPath, invalid::ExpandQuery),
)]
pub async fn get_credential(
    op: OpContext,
    at: CredentialPath,
    expand: Expand,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (read, account) = (Permission::CredentialsRead, &at.service_account_id);
    let id = &at.credential_id;
    let row = credentials::fetch_for(&op, read, organization, Some(account), id).await?;
    let mut permissions = None;
    if expand.permissions {
        let facts = permissions::facts_of(&op, organization, account).await?;
        permissions = Some(permissions_of(&op, &row, &facts));
    }
    let replaced = replaced_by(&op, organization, expand, std::slice::from_ref(&row)).await?;
    Ok(Json(Credential::expanded(&op, row, expand, &replaced, permissions)?))
}

/// Update a credential
///
/// Changes the name, the description, the expiry or the restrictions of a credential. Absent members
/// keep their values; a null or empty `description` clears it, a null `expires_at` or `restrictions`
/// removes it. Members that only the server sets are ignored; unknown members are rejected. Ending or
/// restricting the last credential that can administer the organization fails with 409.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath),
    request_body = UpdateCredential,
    responses((status = 200, description = "The updated credential.", body = Credential), CommonErrors, CredentialPath, forbidden::CredentialsUpdate, invalid::NameBody, conflicts::LastAdmin),
)]
pub async fn update_credential(
    op: OpContext,
    at: CredentialPath,
    Body(body): Body<UpdateCredential>,
) -> Result<Json<Credential>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (account, id) = (Some(&at.service_account_id), &at.credential_id);
    let row = credentials::update(&op, organization, account, id, body.into()).await?;
    Ok(Json(Credential::of(row)?))
}

/// Delete a credential
///
/// Deletes a credential. It and its tokens are rejected from the next request on. Deleting the last
/// active credential of the last `org_admin` of an organization fails with 409.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}", tag = "Credentials",
    params(CredentialPath),
    responses((status = 204, description = "The credential was deleted."), CommonErrors, CredentialPath, forbidden::CredentialsDelete, conflicts::LastAdmin),
)]
pub async fn delete_credential(op: OpContext, at: CredentialPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let account = Some(&at.service_account_id);
    credentials::delete(&op, organization, account, &at.credential_id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The credentials that `rows` replace, if they are requested: one statement.
async fn replaced_by(
    op: &OpContext,
    organization: &OrganizationId,
    expand: Expand,
    rows: &[credential::Model],
) -> crate::error::Result<Replaced> {
    if !expand.replaces {
        return Ok(Replaced::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    credentials::predecessors_of(op, organization, &ids).await
}

fn permissions_of(
    op: &OpContext,
    row: &credential::Model,
    facts: &AccountAccess,
) -> CredentialPermissions {
    CredentialPermissions::of(op, &facts.credential(row))
}
