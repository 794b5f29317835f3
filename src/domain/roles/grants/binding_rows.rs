//! The rows of role bindings.

use chrono::{DateTime, Utc};
use entity::{ServiceAccountId, TenantScoped, role_binding, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, Select,
};

use super::NewBinding;
use crate::authz::Role;
use crate::clock;
use crate::context::OpContext;
use crate::domain::access::role_bindings;
use crate::domain::audit::Change;
use crate::domain::last_admin::{self, Loss};
use crate::domain::roles::MAX_BINDINGS;
use crate::error::{Error, Reason, Result};

/// Binds an account to a role, up to the maximum number of roles.
pub async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    label: &str,
    new: &NewBinding,
) -> Result<Vec<Change>> {
    let held = role_binding::Entity::in_org(&account.organization_id)
        .filter(role_binding::Column::ServiceAccountId.eq(account.id.clone()))
        .filter(role_bindings::in_effect(op.now()));
    if held.count(on).await? >= MAX_BINDINGS {
        let message = format!("a service account holds at most {MAX_BINDINGS} roles");
        return Err(Error::conflict(Reason::LimitReached, message));
    }
    let target = new.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let row = role_binding::ActiveModel {
        service_account_id: Set(account.id.clone()),
        role: Set(label.to_owned()),
        target_id: Set(target),
        organization_id: Set(account.organization_id.clone()),
        created_at: Set(op.now()),
        expires_at: Set(new.expires_at),
    };
    row.insert(on).await?;
    let end = new.expires_at.map(|end| Change::added("expires_at", clock::to_rfc3339(end)));
    Ok([Change::added("roles", label)].into_iter().chain(end).collect())
}

/// Changes the end of a binding.
pub async fn extend(
    on: &impl ConnectionTrait,
    op: &OpContext,
    row: role_binding::Model,
    new: &NewBinding,
) -> Result<Change> {
    let (organization, account) = (row.organization_id.clone(), row.service_account_id.clone());
    let is_admin = row.role == Role::Admin.label() && row.target_id.is_empty();
    if is_admin && row.expires_at.is_none() {
        last_admin::ensure_remains(on, op, &organization, Loss::Account(&account)).await?;
    }
    let time = |at: Option<DateTime<Utc>>| at.map(clock::to_rfc3339);
    let change = Change {
        field: "expires_at".to_owned(),
        old: time(row.expires_at),
        new: time(new.expires_at),
    };
    let mut row: role_binding::ActiveModel = row.into();
    row.expires_at = Set(new.expires_at);
    row.update(on).await?;
    Ok(change)
}

/// Deletes a binding.
pub async fn delete(on: &impl ConnectionTrait, row: &role_binding::Model) -> Result<()> {
    role_binding::Entity::delete_in_org(&row.organization_id)
        .filter(role_binding::Column::ServiceAccountId.eq(row.service_account_id.clone()))
        .filter(role_binding::Column::Role.eq(row.role.as_str()))
        .filter(role_binding::Column::TargetId.eq(row.target_id.as_str()))
        .exec(on)
        .await?;
    Ok(())
}

/// The binding of an account to a role, in the organization or on a target.
pub fn one(
    account: &service_account::Model,
    label: &str,
    target: Option<&ServiceAccountId>,
) -> Select<role_binding::Entity> {
    let target = target.map(ServiceAccountId::as_str).unwrap_or_default();
    role_binding::Entity::in_org(&account.organization_id)
        .filter(role_binding::Column::ServiceAccountId.eq(account.id.clone()))
        .filter(role_binding::Column::Role.eq(label))
        .filter(role_binding::Column::TargetId.eq(target))
}
