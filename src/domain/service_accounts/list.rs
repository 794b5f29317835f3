//! Lists of service accounts.

use entity::service_account::{self, Column};
use entity::{OrganizationId, ServiceAccountId, TenantScoped};
use sea_orm::sea_query::Expr;
use sea_orm::{
    Condition, ConnectionTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use super::filter::ServiceAccountFilter;
use crate::authz::{Held, Permission};
use crate::context::OpContext;
use crate::domain::access::role_bindings::{RoleBinding, Summarized, Summary, with_summary};
use crate::error::{Fields, Result};
use crate::page::{
    self, Key, Keyset, Page, PageItem, PageRequest, Position, Rows, Selection, SortField, Way,
};

/// A filter and an order of service accounts: by creation or by name.
pub type ServiceAccountSelection = Selection<ServiceAccountFilter>;

/// The selected service accounts of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter or the cursor), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &ServiceAccountSelection,
    request: &PageRequest,
) -> Result<Page<service_account::Model>> {
    let rows = rows(op, organization, &selection.filter)?;
    read(op, rows, organization, selection, request).await
}

/// The ids of the first `limit` service accounts that match a filter and a condition, in order of
/// creation.
///
/// # Errors
/// As [`list`].
pub async fn ids_matching(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
    also: Condition,
    limit: u64,
) -> Result<Vec<ServiceAccountId>> {
    let rows = select(op, organization, filter)?.filter(also);
    let rows = rows.select_only().column(Column::Id);
    let rows = rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit);
    Ok(rows.into_tuple().all(op.db()).await?)
}

/// A service account with its role bindings.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    summarized: Summarized,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    account: service_account::Model,
    #[sea_orm(nested)]
    summary: Summary,
}

/// The same as [`list`], with the role bindings of each account: in the same statement, or in one more
/// where roles are custom, confined or expire.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &ServiceAccountSelection,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    let rows = rows(op, organization, &selection.filter)?;
    let rows = rows.map(|it| with_summary(it, op.db(), op.now(), organization, Column::Id));
    let page: Page<Row> = read(op, rows, organization, selection, request).await?;
    let summaries = page.items.iter().map(|row| (&row.account.id, &row.summary)).collect();
    let summarized = Summary::complete(op.db(), op.now(), organization, summaries).await?;
    let mut summarized = summarized.into_iter();
    let with = |row: Row| Some(WithRoles { account: row.account, summarized: summarized.next()? });
    Ok(page.filter_map(with))
}

/// How many service accounts [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<u64> {
    Ok(select(op, organization, filter)?.count(op.db()).await?)
}

/// The rows that match a filter, which the caller may list.
pub(super) fn select(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<Select<service_account::Entity>> {
    permit(op, organization, filter)?;
    Ok(select_by(Way::ByIndex, op, organization, filter))
}

/// Rejects a caller who may not list the accounts by a filter, and an invalid filter.
fn permit(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<()> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    filter.permit(op, organization)?;
    let mut fields = Fields::default();
    filter.validate(&mut fields, op.now());
    fields.finish()
}

fn select_by(
    way: Way,
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Select<service_account::Entity> {
    let backend = op.db().get_database_backend();
    let condition = filter.condition(backend, organization, op.now(), way);
    service_account::Entity::in_org(organization).filter(condition)
}

/// The rows of [`select`] for a page.
fn rows(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<Rows<service_account::Entity>> {
    permit(op, organization, filter)?;
    let by_index = filter.by_index(op.db().get_database_backend(), organization);
    // Without one, the database chooses.
    let way = if by_index.is_some() { Way::InOrder } else { Way::ByIndex };
    Ok(Rows { select: select_by(way, op, organization, filter), by_index })
}

async fn read<T: FromQueryResult + Send + Sync>(
    op: &OpContext,
    rows: Rows<service_account::Entity>,
    organization: &OrganizationId,
    selection: &ServiceAccountSelection,
    request: &PageRequest,
) -> Result<Page<T>> {
    let key = match selection.sort.field {
        SortField::Name => page::name_expression(op.db().get_database_backend(), Column::Name),
        _ => Expr::col((service_account::Entity, Column::CreatedAt)),
    };
    let keyset = Keyset { key, id: Column::Id, sort: selection.sort };
    let list = selection.list_name(format!("service_accounts/{organization}"));
    page::read_sorted(op.db(), rows, keyset, list, request).await
}

impl WithRoles {
    /// The role bindings, if the caller may see them.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn bindings(&self, op: &OpContext) -> Result<Vec<RoleBinding>> {
        op.permit(Permission::RolesList, &self.account)?;
        Ok(self.summarized.bindings.clone())
    }

    /// What a caller must cover to change the account.
    #[must_use]
    pub fn held(&self) -> &Held {
        &self.summarized.held
    }
}

impl PageItem for WithRoles {
    fn position(&self) -> Position<'_> {
        self.account.position()
    }

    fn key(&self, field: SortField) -> Key<'_> {
        self.account.key(field)
    }
}

impl PageItem for service_account::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }

    fn key(&self, field: SortField) -> Key<'_> {
        match field {
            SortField::Name => page::name_key(&self.name),
            _ => Key::Time(self.created_at),
        }
    }
}
