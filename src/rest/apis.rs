//! APIs that tokens are for, beside this server.

pub mod grants;
mod inputs;
mod scopes;
mod views;

use axum::Json;
use axum::http::StatusCode;
use entity::ApiId;

use super::body::Body;
use super::error::Result;
use super::patch::Patch;
use super::paths::{ApiPath, OrganizationPath};
use super::responses::{Refused, conflicts, forbidden, invalid};
use crate::authz::Resource;
use crate::context::OpContext;
use crate::domain::{apis, organizations};
use crate::error::Error;
use inputs::{CreateApi, UpdateApi};
use views::{Api, ApiList};

/// List the APIs
///
/// In order of creation, on one page: an organization has at most 100.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath),
    responses((status = 200, description = "The APIs.", body = ApiList), Refused, OrganizationPath, forbidden::OrganizationsRead),
)]
pub async fn list_apis(op: OpContext, at: OrganizationPath) -> Result<Json<ApiList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let items = apis::list(&op, organization).await?.into_iter().map(Api::from);
    Ok(Json(items.collect()))
}

/// Register an API
///
/// Its identifier must lie under a prefix that the operator allowed the organization, or be free
/// where the operator opened identifiers to all; otherwise it is a conflict with the reason
/// `IDENTIFIER_NOT_ALLOWED`, which does not tell whether the identifier exists. From then on it is
/// reserved for the organization, also after the API is deleted.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath),
    request_body = CreateApi,
    responses((status = 201, description = "The new API.", body = Api), Refused, OrganizationPath, forbidden::OrganizationsUpdate, invalid::NameBody, conflicts::CreateApi),
)]
pub async fn create_api(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<CreateApi>,
) -> Result<(StatusCode, Json<Api>)> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let row = apis::create(&op, organization, body.into()).await?;
    Ok((StatusCode::CREATED, Json(Api::from(row))))
}

/// Get an API
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 200, description = "The API.", body = Api), Refused, ApiPath),
)]
pub async fn get_api(op: OpContext, at: ApiPath) -> Result<Json<Api>> {
    organizations::resolve(&op, &at.organization_id)?;
    let row = apis::by_ids(&op, vec![at.api_id]).await?.pop();
    Ok(Json(row.map(Api::from).ok_or(Error::NotFound(entity::api::Model::NOUN))?))
}

/// Update an API
///
/// Absent members keep their values. A removed scope that service accounts hold is a conflict with
/// the reason `SCOPE_IN_USE`; with `force`, it is revoked from all of them, which also requires
/// `roles:grant` and every permission that they hold, and `revoked_grants` tells how many. Members
/// that the server sets are ignored, unknown ones are rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    request_body = UpdateApi,
    responses((status = 200, description = "The API after the change.", body = Api, example = json!(views::updated())), Refused, ApiPath, forbidden::OrganizationsUpdate, invalid::NameBody, conflicts::UpdateApi),
)]
pub async fn update_api(
    op: OpContext,
    at: ApiPath,
    Body(body): Body<UpdateApi>,
) -> Result<Json<Api>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    keep_identifier(&op, &at.api_id, &body).await?;
    let updated = apis::update(&op, organization, &at.api_id, body.into()).await?;
    Ok(Json(Api::from(updated)))
}

/// Rejects a change of the identifier, which tokens were issued for.
async fn keep_identifier(op: &OpContext, id: &ApiId, body: &UpdateApi) -> Result<()> {
    if body.identifier == Patch::Absent {
        return Ok(());
    }
    let row = apis::by_ids(op, vec![id.clone()]).await?.pop();
    let row = row.ok_or(Error::NotFound(entity::api::Model::NOUN))?;
    if body.identifier == Patch::Value(row.identifier) {
        return Ok(());
    }
    Err(Error::invalid("identifier", "cannot be changed: register another API").into())
}

/// Delete an API
///
/// With all grants of its scopes: no more tokens are issued for it. Where service accounts hold some,
/// this also requires `roles:grant` and every permission that they hold. The identifier stays
/// reserved for the organization, which may register it again.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 204, description = "The API was deleted."), Refused, ApiPath, forbidden::OrganizationsUpdate),
)]
pub async fn delete_api(op: OpContext, at: ApiPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    apis::delete(&op, organization, &at.api_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
