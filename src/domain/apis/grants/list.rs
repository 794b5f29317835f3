//! The grants of one API: which service accounts hold which of its scopes.

use entity::{TenantScoped, api, api_grant};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter, Select};

use crate::authz::{Permission, Resource, Scopes};
use crate::context::OpContext;
use crate::domain::filters;
use crate::error::{Error, Result};
use crate::page::{self, Page, PageItem, PageRequest, Position};

/// The grants of an API in order of creation: all, or those with one scope.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the scope or the cursor), or the database does not respond.
pub async fn of_api(
    op: &OpContext,
    api: &api::Model,
    scope: Option<&str>,
    request: &PageRequest,
) -> Result<Page<api_grant::Model>> {
    let order = (api_grant::Column::CreatedAt, api_grant::Column::ServiceAccountId);
    let list = format!("api_grants/{}?{}", api.id, scope.unwrap_or_default());
    page::read(op.db(), select(op, api, scope)?, order, list, request).await
}

/// How many grants [`of_api`] goes through.
///
/// # Errors
/// As [`of_api`].
pub async fn count_of_api(op: &OpContext, api: &api::Model, scope: Option<&str>) -> Result<u64> {
    Ok(select(op, api, scope)?.count(op.db()).await?)
}

/// The grants are part of the access of service accounts, which the caller must be able to read.
fn select(
    op: &OpContext,
    api: &api::Model,
    scope: Option<&str>,
) -> Result<Select<api_grant::Entity>> {
    op.permit(api::Model::READ, api)?;
    op.permit(Permission::RolesList, &api.organization_id)?;
    op.permit_held(Permission::ServiceAccountsRead)?;
    if scope.is_some_and(|scope| !Scopes::split(&api.scopes).contains(scope)) {
        return Err(Error::invalid("scope", "must be a scope of the API"));
    }
    let backend = op.db().get_database_backend();
    let has_scope = scope.map(|scope| filters::lists_scope(backend, "api_grants", scope));
    Ok(api_grant::Entity::in_org(&api.organization_id)
        .filter(api_grant::Column::ApiId.eq(api.id.clone()))
        .filter(Condition::all().add_option(has_scope)))
}

impl PageItem for api_grant::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.service_account_id.as_str() }
    }
}
