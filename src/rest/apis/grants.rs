//! Granting scopes of APIs to service accounts.

use axum::Json;
use axum::http::StatusCode;

use super::inputs::GrantScopes;
use super::scopes::RevokedScopes;
use super::views::{ApiGrant, ApiGrantList};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::{apis, organizations, service_accounts};
use crate::error::Error;
use crate::rest::body::Body;
use crate::rest::error::Result;
use crate::rest::paths::{ApiGrantPath, ServiceAccountPath};
use crate::rest::responses::{Refused, conflicts, forbidden, invalid};

/// List the API scopes of a service account
///
/// By API, in order of registration of the APIs.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants", tag = "APIs",
    params(ServiceAccountPath),
    responses((status = 200, description = "The scopes that it is granted.", body = ApiGrantList), Refused, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn list_api_grants(op: OpContext, at: ServiceAccountPath) -> Result<Json<ApiGrantList>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    let granted = apis::granted_to_one(op.db(), organization, id).await?;
    Ok(Json(granted.into_iter().map(ApiGrant::from).collect()))
}

/// Grant scopes of an API
///
/// In addition to those that are granted. The caller must hold every permission that the service
/// account holds. Also requires `roles:list`, as the response lists the scopes.
#[utoipa::path(
    put, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants/{api_id}", tag = "APIs",
    params(ApiGrantPath),
    request_body = GrantScopes,
    responses((status = 200, description = "The scopes of the API that it is granted after the change.", body = ApiGrant), Refused, ApiGrantPath, forbidden::RolesGrant, invalid::ScopesBody, conflicts::GrantApiScopes),
)]
pub async fn grant_api_scopes(
    op: OpContext,
    at: ApiGrantPath,
    Body(body): Body<GrantScopes>,
) -> Result<Json<ApiGrant>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    apis::grant(&op, organization, id, &at.api_id, &body.scopes).await?;
    let granted = apis::granted_to_one(op.db(), organization, id).await?;
    let granted = granted.into_iter().find(|it| it.api.id == at.api_id).map(ApiGrant::from);
    // Revoked by another request in the meantime.
    let none = || ApiGrant { api_id: at.api_id, scopes: Vec::new() };
    Ok(Json(granted.unwrap_or_else(none)))
}

/// Revoke scopes of an API
///
/// All of them, unless `scope` names some: no token is issued with them from then on. Revoking a
/// scope that is not granted changes nothing.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants/{api_id}", tag = "APIs",
    params(ApiGrantPath, RevokedScopes),
    responses((status = 204, description = "The scopes were revoked."), Refused, ApiGrantPath, forbidden::RolesGrant, invalid::ScopeQuery),
)]
pub async fn revoke_api_scopes(
    op: OpContext,
    at: ApiGrantPath,
    RevokedScopes { scope }: RevokedScopes,
) -> Result<StatusCode> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let id = &at.service_account_id;
    let revoked = apis::revoke(&op, organization, id, &at.api_id, scope.as_deref()).await;
    revoked.map_err(as_parameter)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names the parameter as it is in the query string.
fn as_parameter(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for field in &mut fields {
        field.path = field.path.replacen("scopes", "scope", 1);
    }
    Error::Invalid(fields)
}
