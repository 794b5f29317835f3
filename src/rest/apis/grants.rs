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
use crate::rest::responses::{CommonErrors, conflicts, forbidden, invalid};

/// List the API scopes of a service account
///
/// All scopes of APIs that are granted to the service account, one item for each API, in order of
/// creation of the APIs.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants", tag = "APIs",
    params(ServiceAccountPath),
    responses((status = 200, description = "The granted scopes, by API.", body = ApiGrantList), CommonErrors, ServiceAccountPath, forbidden::RolesList),
)]
pub async fn list_api_grants(op: OpContext, at: ServiceAccountPath) -> Result<Json<ApiGrantList>> {
    let (organization, id) =
        (organizations::resolve(&op, &at.organization_id)?, &at.service_account_id);
    service_accounts::fetch_for(&op, Permission::RolesList, organization, id).await?;
    let granted = apis::grants_of_account(op.db(), organization, id).await?;
    Ok(Json(granted.into_iter().map(ApiGrant::from).collect()))
}

/// Grant scopes of an API
///
/// Grants scopes of an API to a service account, in addition to those already granted. The caller must
/// hold every permission that the service account holds. Also requires `roles:list`, as the response
/// lists the scopes. Granting a scope that is already granted changes nothing.
#[utoipa::path(
    put, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants/{api_id}", tag = "APIs",
    params(ApiGrantPath),
    request_body = GrantScopes,
    responses((status = 200, description = "All scopes of the API that are now granted to the service account.", body = ApiGrant), CommonErrors, ApiGrantPath, forbidden::ApisGrant, invalid::ScopesBody, conflicts::GrantApiScopes),
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
    let granted = apis::grants_of_account(op.db(), organization, id).await?;
    let granted = granted.into_iter().find(|it| it.api.id == at.api_id).map(ApiGrant::from);
    // A concurrent request revoked the scopes.
    let none = || ApiGrant { api_id: at.api_id, scopes: Vec::new() };
    Ok(Json(granted.unwrap_or_else(none)))
}

/// Revoke scopes of an API
///
/// Revokes the scopes that `scope` names, or all scopes of the API. No more tokens are issued with
/// them. Revoking a scope that is not granted changes nothing.
#[utoipa::path(
    delete, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/api-grants/{api_id}", tag = "APIs",
    params(ApiGrantPath, RevokedScopes),
    responses((status = 204, description = "The scopes were revoked."), CommonErrors, ApiGrantPath, forbidden::ApisGrant, invalid::ScopeQuery),
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

/// Renames the field of an error to the query parameter.
fn as_parameter(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for field in &mut fields {
        field.path = field.path.replacen("scopes", "scope", 1);
    }
    Error::Invalid(fields)
}
