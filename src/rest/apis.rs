//! APIs that access tokens can be issued for.

pub mod grants;
pub mod holders;
mod inputs;
mod scopes;
mod selection;
mod views;

use axum::Json;
use axum::http::StatusCode;
use entity::{ApiId, api};

use super::body::Body;
use super::error::Result;
use super::idempotency::{IdempotencyHeaders, IdempotencyKey};
use super::list::as_parameters;
use super::patch::Patch;
use super::paths::{ApiPath, OrganizationPath};
use super::responses::{CommonErrors, conflicts, forbidden, invalid};
use crate::authz::Resource;
use crate::context::OpContext;
use crate::domain::{apis, organizations};
use crate::error::Error;
use inputs::{CreateApi, UpdateApi};
use selection::{ApiParams, Selection};
pub use views::ApiGrant;
use views::{Api, ApiList};

/// List the APIs of an organization
///
/// All APIs, or those that match a filter, in order of creation unless `order_by` is given, on one page:
/// an organization has at most 100.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath, ApiParams),
    responses((status = 200, description = "All APIs of the organization.", body = ApiList), CommonErrors, OrganizationPath, forbidden::ApisList, invalid::SearchQuery),
)]
pub async fn list_apis(
    op: OpContext,
    at: OrganizationPath,
    Selection(selection): Selection,
) -> Result<Json<ApiList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let rows = apis::list(&op, organization, &selection).await.map_err(as_parameters)?;
    Ok(Json(rows.into_iter().map(Api::from).collect()))
}

/// Register an API
///
/// Registers an API that access tokens can be issued for. The identifier must lie under an identifier
/// prefix of the organization, or be unused where the operator lets every organization register
/// identifiers. Otherwise the request fails with 409 and the reason `IDENTIFIER_NOT_ALLOWED`, whether
/// or not the identifier exists. A registered identifier stays reserved for the organization, even
/// after the API is deleted.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath, IdempotencyHeaders),
    request_body = CreateApi,
    responses((status = 201, description = "The registered API.", body = Api), CommonErrors, OrganizationPath, forbidden::ApisCreate, invalid::NameBody, conflicts::CreateApi),
)]
pub async fn create_api(
    op: OpContext,
    at: OrganizationPath,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CreateApi>,
) -> Result<(StatusCode, Json<Api>)> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = apis::create(&op, organization, body.into(), key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(Api::from(row))))
}

/// Get an API
///
/// Returns one API of the organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 200, description = "The requested API.", body = Api), CommonErrors, ApiPath),
)]
pub async fn get_api(op: OpContext, at: ApiPath) -> Result<Json<Api>> {
    organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(read(&op, at.api_id).await?.into()))
}

/// The API, if the caller may read it.
async fn read(op: &OpContext, id: ApiId) -> crate::error::Result<api::Model> {
    let row = apis::by_ids(op, vec![id]).await?.pop();
    row.ok_or(Error::NotFound(api::Model::NOUN))
}

/// Update an API
///
/// Changes the name or the scopes of an API. Absent members keep their values. Removing a scope that
/// is granted to service accounts fails with 409 and the reason `SCOPE_IN_USE`. With `force`, the scope
/// is revoked from all of them: this also requires `apis:grant` and every permission that these
/// service accounts hold, and `revoked_grants` counts the revoked scopes. Members that only the server
/// sets are ignored; unknown members are rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    request_body = UpdateApi,
    responses((status = 200, description = "The updated API.", body = Api, example = json!(views::updated())), CommonErrors, ApiPath, forbidden::ApisUpdate, invalid::NameBody, conflicts::UpdateApi),
)]
pub async fn update_api(
    op: OpContext,
    at: ApiPath,
    Body(body): Body<UpdateApi>,
) -> Result<Json<Api>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    check_identifier(&op, &at.api_id, &body).await?;
    let updated = apis::update(&op, organization, &at.api_id, body.into()).await?;
    Ok(Json(Api::from(updated)))
}

/// Rejects a change of the identifier: tokens with it as their audience may still be valid.
async fn check_identifier(op: &OpContext, id: &ApiId, body: &UpdateApi) -> Result<()> {
    if body.identifier == Patch::Absent {
        return Ok(());
    }
    let row = read(op, id.clone()).await?;
    if body.identifier == Patch::Value(row.identifier) {
        return Ok(());
    }
    Err(Error::invalid(
        "identifier",
        "must be the current identifier; register another API to use a new one",
    )
    .into())
}

/// Delete an API
///
/// Deletes an API and all grants of its scopes: no more tokens are issued for it. If its scopes are
/// granted to service accounts, this also requires `apis:grant` and every permission that these
/// service accounts hold. The identifier stays reserved for the organization, which may register it
/// again.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 204, description = "The API was deleted."), CommonErrors, ApiPath, forbidden::ApisDelete),
)]
pub async fn delete_api(op: OpContext, at: ApiPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    apis::delete(&op, organization, &at.api_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
