//! Roles: what there is, who holds which, granting and revoking.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, role_binding, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait,
};

use super::audit::{self, Event};
use super::{organizations, service_accounts};
use crate::authz::{Permission, Role};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::store::{in_transaction, one_of};

/// The roles of an organization: those that are built in.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn list(cx: &Cx, organization: &OrganizationId) -> Result<&'static [Role]> {
    cx.permit(Permission::RolesList, organization)?;
    Ok(Role::ALL)
}

/// Whether the caller may see what roles `account` holds.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn permit_held_by(cx: &Cx, account: &service_account::Model) -> Result<()> {
    cx.permit(Permission::RolesList, account).map(drop)
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
        .filter(one_of(on, role_binding::Column::ServiceAccountId, accounts))
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

/// Grants a role; granting what is held already changes nothing. The caller must hold all that
/// the account will hold then.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn grant(
    cx: &Cx,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: Role,
) -> Result<service_account::Model> {
    service_accounts::fetch_for(cx, Permission::RolesGrant, organization, account).await?;
    in_transaction!(cx.app.db, transaction => {
        let row = service_accounts::lock(transaction, organization, account).await?;
        let mut roles = of(transaction, &row).await?;
        let held_already = roles.contains(&role);
        roles.push(role);
        cx.permit_handing_out(Role::permissions_of(&roles), &row)?;
        if !held_already {
            bind(transaction, cx, &row, role).await?;
        }
        Ok(row)
    })
}

/// Revokes a role; revoking what is not held changes nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn revoke(
    cx: &Cx,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: Role,
) -> Result<service_account::Model> {
    service_accounts::fetch_for(cx, Permission::RolesGrant, organization, account).await?;
    in_transaction!(cx.app.db, transaction => {
        organizations::lock(transaction, organization).await?;
        let row = service_accounts::lock(transaction, organization, account).await?;
        if role == Role::Admin {
            keep_an_admin(transaction, &row).await?;
        }
        let gone = role_binding::Entity::delete_in_org(organization)
            .filter(role_binding::Column::ServiceAccountId.eq(account.clone()))
            .filter(role_binding::Column::Role.eq(role.label()))
            .exec(transaction)
            .await?;
        if gone.rows_affected > 0 {
            audit::record(transaction, cx, event(&row, "role.revoke", role)).await?;
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
    cx: &Cx,
    account: &service_account::Model,
    role: Role,
) -> Result<()> {
    let row = role_binding::ActiveModel {
        service_account_id: Set(account.id.clone()),
        role: Set(role.label().to_owned()),
        organization_id: Set(account.organization_id.clone()),
        created_at: Set(cx.now()),
    };
    row.insert(on).await?;
    audit::record(on, cx, event(account, "role.grant", role)).await
}

/// Refuses when `account` is the only admin of its organization that is not disabled; the
/// organization must be locked.
pub(super) async fn keep_an_admin(
    on: &impl ConnectionTrait,
    account: &service_account::Model,
) -> Result<()> {
    if account.disabled_at.is_some() || !of(on, account).await?.contains(&Role::Admin) {
        return Ok(());
    }
    let admins = role_binding::Entity::in_org(&account.organization_id)
        .join(JoinType::InnerJoin, role_binding::Relation::ServiceAccount.def())
        .filter(role_binding::Column::Role.eq(Role::Admin.label()))
        .filter(service_account::Column::DisabledAt.is_null())
        .count(on)
        .await?;
    if admins > 1 {
        return Ok(());
    }
    Err(Error::Conflict("this is the last org_admin of the organization".to_owned()))
}

fn event<'a>(account: &'a service_account::Model, action: &'static str, role: Role) -> Event<'a> {
    Event {
        organization: &account.organization_id,
        action,
        target: account.id.as_str(),
        detail: Some(role.label()),
    }
}
