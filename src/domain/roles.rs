//! Roles: what there is, who holds which, granting and revoking.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, role_binding, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::audit::{self, Event};
use super::last_admin::{self, Without};
use super::{credentials, held_permissions, locks, service_accounts};
use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::{in_list, in_transaction};

/// The roles of an organization: those that are built in.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn list(op: &OpContext, organization: &OrganizationId) -> Result<&'static [Role]> {
    op.permit(Permission::RolesList, organization)?;
    Ok(Role::ALL)
}

/// Whether the caller may see what roles `account` holds.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn permit_held_by(op: &OpContext, account: &service_account::Model) -> Result<()> {
    op.permit(Permission::RolesList, account).map(drop)
}

/// The roles that each of `accounts` holds; whoever asks for a caller asks [`permit_held_by`]
/// first.
///
/// # Errors
/// What the database answers.
pub async fn held_by(
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

/// The labels of the roles that the account of a row holds, with spaces between them; to be read
/// with the row, by [`parse_all`].
pub(super) fn labels_of(
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

/// The roles of labels with spaces between them, in the order of their labels.
pub(super) fn parse_all(labels: &str) -> Vec<Role> {
    let mut labels: Vec<_> = labels.split(' ').collect();
    labels.sort_unstable();
    labels.into_iter().filter_map(parse).collect()
}

/// The role of a stored label. One that this version does not know grants nothing.
pub(super) fn parse(label: &str) -> Option<Role> {
    label.parse().ok()
}

/// Grants a role; granting a role that the account holds changes nothing. The caller must hold what
/// the account will hold then, and no credential of the account may be less restricted than the
/// caller's own.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn grant(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: Role,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    service_accounts::fetch_for(op, permission, organization, account).await?;
    op.permit_grant(role.permissions())?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        held_permissions::permit_account(transaction, op, permission, &row).await?;
        credentials::permit_grant_to(transaction, op, &row).await?;
        if !of(transaction, &row).await?.contains(&role) {
            bind(transaction, op, &row, role).await?;
        }
        Ok(row)
    })
}

/// Revokes a role; revoking a role that the account does not hold changes nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn revoke(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: Role,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    service_accounts::fetch_for(op, permission, organization, account).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let row = locks::service_account(transaction, organization, account).await?;
        held_permissions::permit_account(transaction, op, permission, &row).await?;
        if role == Role::Admin {
            last_admin::ensure_remains(transaction, op, organization, Without::Account(account)).await?;
        }
        let revoked = role_binding::Entity::delete_in_org(organization)
            .filter(role_binding::Column::ServiceAccountId.eq(account.clone()))
            .filter(role_binding::Column::Role.eq(role.label()))
            .exec(transaction)
            .await?;
        if revoked.rows_affected > 0 {
            let change = audit::Change::removed("roles", role.label());
            audit::record(transaction, op, event(&row, "role.revoke", role, change)).await?;
        }
        Ok(row)
    })
}

/// The roles that one account holds.
pub(super) async fn of(
    on: &impl ConnectionTrait,
    account: &service_account::Model,
) -> Result<Vec<Role>> {
    let mut held = held_by(on, &account.organization_id, std::slice::from_ref(&account.id)).await?;
    Ok(held.remove(&account.id).unwrap_or_default())
}

/// Writes that `account` holds `role` from now on.
pub(super) async fn bind(
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
    audit::record(on, op, event(account, "role.grant", role, change)).await
}

fn event<'a>(
    account: &'a service_account::Model,
    action: &'static str,
    role: Role,
    change: audit::Change,
) -> Event<'a> {
    let (changes, detail) = (vec![change], Some(role.label()));
    Event { detail, changes, ..service_accounts::event(account, action) }
}
