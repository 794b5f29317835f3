//! Lists of service accounts.

use entity::service_account::{self, Column};
use entity::{OrganizationId, ServiceAccountId, TenantScoped};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Select,
};

use super::filter::ServiceAccountFilter;
use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::domain::access::held_permissions::{self, HeldPermissions};
use crate::domain::access::role_bindings;
use crate::error::{Fields, Result};
use crate::page::{self, Key, Keyset, Page, PageItem, PageRequest, Position, Selection, SortField};

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
    let rows = select(op, organization, &selection.filter)?;
    read(op, rows, organization, selection, request).await
}

/// The ids of the first `limit` service accounts that match a filter, in order of creation.
///
/// # Errors
/// As [`list`].
pub async fn ids_matching(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
    limit: u64,
) -> Result<Vec<ServiceAccountId>> {
    let rows = select(op, organization, filter)?.select_only().column(Column::Id);
    let rows = rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit);
    Ok(rows.into_tuple().all(op.db()).await?)
}

/// A service account with its roles and permissions.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    /// Its roles, by their labels.
    roles: Vec<Role>,
    /// The permissions that it holds, as far as decisions on the caller's operations depend on them.
    pub held: HeldPermissions,
}

/// The same as [`list`], with the permissions that each account holds, in the same statement.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &ServiceAccountSelection,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    let roles = role_bindings::labels_of(op.db(), organization, Column::Id);
    let has_api_grants = if op.actor.depends_on_held_permissions() {
        held_permissions::has_api_grants(organization, Column::Id)
    } else {
        Expr::value(false)
    };
    let rows = select(op, organization, &selection.filter)?
        .column_as(roles, "roles")
        .column_as(has_api_grants, "has_api_grants");
    read(op, rows, organization, selection, request).await
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
fn select(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<Select<service_account::Entity>> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    filter.permit(op, organization)?;
    let mut fields = Fields::default();
    filter.validate(&mut fields);
    fields.finish()?;
    let condition = filter.condition(op.db().get_database_backend(), organization, op.now());
    Ok(service_account::Entity::in_org(organization).filter(condition))
}

async fn read<T: PageItem + FromQueryResult + Send + Sync>(
    op: &OpContext,
    rows: Select<service_account::Entity>,
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
    /// The roles, if the caller may see them.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn roles(&self, op: &OpContext) -> Result<Vec<Role>> {
        op.permit(Permission::RolesList, &self.account)?;
        Ok(self.roles.clone())
    }
}

impl FromQueryResult for WithRoles {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let account = service_account::Model::from_query_result(row, prefix)?;
        let labels: Option<String> = row.try_get(prefix, "roles")?;
        let labels = labels.unwrap_or_default();
        let held = HeldPermissions::of(&labels, row.try_get(prefix, "has_api_grants")?);
        Ok(Self { account, roles: role_bindings::parse_all(&labels), held })
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
