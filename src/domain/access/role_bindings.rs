//! Role bindings: the roles that service accounts hold.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, role_binding, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::account_event;
use crate::authz::Role;
use crate::context::OpContext;
use crate::domain::audit::{self, Event, EventType};
use crate::error::Result;
use crate::store::in_list;

/// The roles that each of `accounts` holds: for decisions, not for responses.
pub async fn of_accounts(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Vec<Role>>> {
    let rows = role_binding::Entity::in_org(organization)
        .filter(in_list(on, role_binding::Column::ServiceAccountId, accounts))
        .order_by_asc(role_binding::Column::Role)
        .all(on)
        .await?;
    let mut held: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        held.entry(row.service_account_id).or_default().extend(parse(&row.role));
    }
    Ok(held)
}

/// The expression for the space-separated role labels of the account of a row; see [`parse_all`].
pub fn labels_of(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: impl ColumnTrait,
) -> SimpleExpr {
    let sqlite = on.get_database_backend() == DbBackend::Sqlite;
    let joined = Func::cust(if sqlite { "group_concat" } else { "string_agg" });
    let joined = joined.arg(Expr::col(role_binding::Column::Role)).arg(" ");
    let bindings = role_binding::Entity::in_org(organization)
        .select_only()
        .expr(joined)
        .filter(role_binding::Column::ServiceAccountId.into_expr().eq(account.into_expr()));
    SimpleExpr::from(bindings.into_query())
}

/// The roles of space-separated labels, in the order of their labels.
pub fn parse_all(labels: &str) -> Vec<Role> {
    let mut labels: Vec<_> = labels.split(' ').collect();
    labels.sort_unstable();
    labels.into_iter().filter_map(parse).collect()
}

/// The role of a stored label. A label that this version does not know grants nothing.
pub fn parse(label: &str) -> Option<Role> {
    label.parse().ok()
}

/// The roles that one account holds.
pub async fn of(on: &impl ConnectionTrait, account: &service_account::Model) -> Result<Vec<Role>> {
    let mut held =
        of_accounts(on, &account.organization_id, std::slice::from_ref(&account.id)).await?;
    Ok(held.remove(&account.id).unwrap_or_default())
}

/// Binds `role` to `account`.
pub async fn bind(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    role: Role,
) -> Result<()> {
    let row = role_binding::ActiveModel {
        service_account_id: Set(account.id.clone()),
        role: Set(role.label().to_owned()),
        organization_id: Set(account.organization_id.clone()),
        created_at: Set(op.now()),
    };
    row.insert(on).await?;
    let change = audit::Change::added("roles", role.label());
    audit::record(on, op, event(account, EventType::RoleGrant, role, change)).await
}

/// An event of a role binding.
pub fn event<'a>(
    account: &'a service_account::Model,
    action: EventType,
    role: Role,
    change: audit::Change,
) -> Event<'a> {
    let (changes, detail) = (vec![change], Some(role.label()));
    Event { detail, changes, ..account_event::event(account, action) }
}
