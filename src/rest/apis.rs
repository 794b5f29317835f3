//! APIs that tokens are for, beside this server.

pub mod grants;
mod scopes;
mod views;

use axum::Json;
use axum::http::StatusCode;

use super::body::Body;
use super::error::Result;
use super::list::PageInfo;
use super::paths::{ApiPath, OrganizationPath};
use super::responses::{BadBody, Conflicting, Refused};
use crate::authz::Resource;
use crate::cx::Cx;
use crate::domain::{apis, organizations};
use crate::error::Error;
use views::{Api, ApiList, CreateApi, UpdateApi};

/// List the APIs
///
/// In order of creation, on one page: an organization has at most 100.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath),
    responses((status = 200, description = "The APIs.", body = ApiList), Refused),
)]
pub async fn list_apis(cx: Cx, at: OrganizationPath) -> Result<Json<ApiList>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let items = apis::list(&cx, organization).await?.into_iter().map(Api::from).collect();
    Ok(Json(ApiList { items, page_info: PageInfo::whole() }))
}

/// Register an API
#[utoipa::path(
    post, path = "/organizations/{organization_id}/apis", tag = "APIs",
    params(OrganizationPath),
    request_body = CreateApi,
    responses((status = 201, description = "The new API.", body = Api), Refused, BadBody, Conflicting),
)]
pub async fn create_api(
    cx: Cx,
    at: OrganizationPath,
    Body(body): Body<CreateApi>,
) -> Result<(StatusCode, Json<Api>)> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let row = apis::create(&cx, organization, body.into()).await?;
    Ok((StatusCode::CREATED, Json(Api::from(row))))
}

/// Get an API
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 200, description = "The API.", body = Api), Refused),
)]
pub async fn get_api(cx: Cx, at: ApiPath) -> Result<Json<Api>> {
    organizations::resolve(&cx, &at.organization_id)?;
    let row = apis::by_ids(&cx, vec![at.api_id]).await?.pop();
    Ok(Json(row.map(Api::from).ok_or(Error::NotFound(entity::api::Model::NOUN))?))
}

/// Update an API
///
/// Absent members keep their values. A scope that is removed is revoked from every service account
/// that holds it. Members that the server sets are ignored, unknown ones are rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    request_body = UpdateApi,
    responses((status = 200, description = "The API after the change.", body = Api), Refused, BadBody, Conflicting),
)]
pub async fn update_api(cx: Cx, at: ApiPath, Body(body): Body<UpdateApi>) -> Result<Json<Api>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let updated = apis::update(&cx, organization, &at.api_id, body.into()).await?;
    Ok(Json(Api::from(updated)))
}

/// Delete an API
///
/// With all grants of its scopes: no more tokens are issued for it.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/apis/{api_id}", tag = "APIs",
    params(ApiPath),
    responses((status = 204, description = "The API was deleted."), Refused, Conflicting),
)]
pub async fn delete_api(cx: Cx, at: ApiPath) -> Result<StatusCode> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    apis::delete(&cx, organization, &at.api_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
