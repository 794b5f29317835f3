//! The credentials of an organization, of all its service accounts.

use entity::credential::{self, Column};
use entity::{CredentialId, OrganizationId, TenantScoped};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::filter::CredentialFilter;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Fields, Result};
use crate::page::{self, ByIndex, FEW, Keyset, Page, PageRequest, Rows, Selection, SortField};
use crate::store::in_list;

/// A filter and an order of credentials.
pub type CredentialSelection = Selection<CredentialFilter>;

/// The selected credentials of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter or the cursor), or the database does not respond.
pub async fn list_all(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &CredentialSelection,
    request: &PageRequest,
) -> Result<Page<credential::Model>> {
    let rows = credential::Entity::shown_in_org(organization);
    let select = rows.filter(condition(op, organization, &selection.filter)?);
    let range = selection.filter.range(op.db().get_database_backend(), op.now());
    let by_index = range.map(|range| {
        let ids = credential::Entity::in_org(organization).filter(range.condition);
        // Without the order, PostgreSQL reads the table.
        let ids = ids.select_only().column(Column::Id).order_by_asc(range.key);
        ByIndex::ids(ids.into_query(), FEW)
    });
    let rows = Rows { select, by_index };
    let key = key(op.db().get_database_backend(), selection.sort.field);
    let keyset = Keyset { key, id: Column::Id, sort: selection.sort };
    let list = selection.list_name(format!("credentials/{organization}"));
    page::read_sorted(op.db(), rows, keyset, list, request).await
}

/// The ids of the first `limit` credentials that match a filter and a condition, in order of
/// creation.
///
/// # Errors
/// As [`list_all`].
pub async fn ids_matching(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &CredentialFilter,
    also: Condition,
    limit: u64,
) -> Result<Vec<CredentialId>> {
    let rows = select(op, organization, filter)?.filter(also);
    let rows = rows.select_only().column(Column::Id);
    let rows = rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit);
    Ok(rows.into_tuple().all(op.db()).await?)
}

/// How many credentials [`list_all`] goes through.
///
/// # Errors
/// As [`list_all`].
pub async fn count(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &CredentialFilter,
) -> Result<u64> {
    Ok(select(op, organization, filter)?.count(op.db()).await?)
}

/// The credentials of the caller's organization with these client ids, if the caller may read them.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_client_ids(
    op: &OpContext,
    client_ids: Vec<String>,
) -> Result<Vec<credential::Model>> {
    let rows = credential::Entity::shown_in_org(op.tenant()?);
    let rows = rows.filter(in_list(op.db(), Column::ClientId, client_ids)).all(op.db()).await?;
    Ok(rows.into_iter().filter(|row| op.may(Permission::CredentialsRead, row)).collect())
}

pub(super) fn select(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &CredentialFilter,
) -> Result<Select<credential::Entity>> {
    let condition = condition(op, organization, filter)?;
    let range = filter.range(op.db().get_database_backend(), op.now());
    let rows = credential::Entity::in_org(organization).filter(condition);
    Ok(rows.apply_if(range, |rows, range| rows.filter(range.condition)))
}

/// The condition of a filter, for a caller who may list all credentials of the organization.
fn condition(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &CredentialFilter,
) -> Result<Condition> {
    op.permit(Permission::CredentialsList, organization)?;
    let mut fields = Fields::default();
    filter.validate(&mut fields, op.now());
    fields.finish()?;
    Ok(filter.condition(op.now()))
}

fn key(backend: DbBackend, field: SortField) -> SimpleExpr {
    match field {
        SortField::CreatedAt => Expr::col((credential::Entity, Column::CreatedAt)),
        SortField::Name => page::name_expression(backend, Column::Name),
        SortField::ExpiresAt => page::expiry_expression(backend, Column::ExpiresAt),
        SortField::LastUsedDay => Expr::col((credential::Entity, Column::LastUsedDay)),
    }
}
