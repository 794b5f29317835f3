//! The grants of one API: which service accounts hold which of its scopes.

use entity::api_grant::{self, Column};
use entity::{TenantScoped, api};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter, Select};

use crate::authz::{Permission, Resource, Scopes};
use crate::context::OpContext;
use crate::domain::apis::filter::{ApiGrantFilter, ApiGrantSelection};
use crate::domain::filters;
use crate::error::{Error, Result};
use crate::page::{self, Keyset, Page, PageItem, PageRequest, Position};

/// The selected grants of an API. They have no other order than that of creation.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter or the cursor), or the database does not respond.
pub async fn of_api(
    op: &OpContext,
    api: &api::Model,
    selection: &ApiGrantSelection,
    request: &PageRequest,
) -> Result<Page<api_grant::Model>> {
    let rows = select(op, api, &selection.filter)?.into();
    let key = Expr::col((api_grant::Entity, Column::CreatedAt));
    let keyset = Keyset { key, id: Column::ServiceAccountId, sort: selection.sort };
    let list = selection.list_name(format!("api_grants/{}", api.id));
    page::read_sorted(op.db(), rows, keyset, list, request).await
}

/// How many grants [`of_api`] goes through.
///
/// # Errors
/// As [`of_api`].
pub async fn count_of_api(
    op: &OpContext,
    api: &api::Model,
    filter: &ApiGrantFilter,
) -> Result<u64> {
    Ok(select(op, api, filter)?.count(op.db()).await?)
}

/// The grants are part of the access of service accounts, which the caller must be able to read.
fn select(
    op: &OpContext,
    api: &api::Model,
    filter: &ApiGrantFilter,
) -> Result<Select<api_grant::Entity>> {
    op.permit(api::Model::READ, api)?;
    op.permit(Permission::RolesList, &api.organization_id)?;
    op.permit_held(Permission::ServiceAccountsRead)?;
    let scope = filter.scope.as_deref();
    if scope.is_some_and(|scope| !Scopes::split(&api.scopes).contains(scope)) {
        return Err(Error::invalid("filter.scope", "must be a scope of the API"));
    }
    let backend = op.db().get_database_backend();
    let has_scope = scope.map(|scope| filters::lists_scope(backend, "api_grants", scope));
    Ok(api_grant::Entity::in_org(&api.organization_id)
        .filter(Column::ApiId.eq(api.id.clone()))
        .filter(Condition::all().add_option(has_scope)))
}

impl PageItem for api_grant::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.service_account_id.as_str() }
    }
}
