//! Roles: listing, granting and revoking.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, role_binding, service_account};
use sea_orm::{ColumnTrait, QueryFilter};

use super::access::{self, accounts, escalation, role_bindings};
use super::audit::{self, EventType};
use super::last_admin::{self, Loss};
use super::locks;
use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_transaction;

/// The roles of an organization: the built-in ones.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn list(op: &OpContext, organization: &OrganizationId) -> Result<&'static [Role]> {
    op.permit(Permission::RolesList, organization)?;
    Ok(Role::ALL)
}

/// The roles of each of `accounts` whose roles the caller may list.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn held_by(
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Result<Vec<Role>>>> {
    access::read_permitted(op, Permission::RolesList, organization, accounts, async |permitted| {
        role_bindings::of_accounts(op.db(), organization, permitted).await
    })
    .await
}

/// Grants a role. Repetitions change nothing. The caller must hold the permissions of the account and
/// of the role, and no credential of the account may have wider bounds than the caller's own.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn grant(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: Role,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    accounts::fetch_for(op, permission, organization, account).await?;
    op.permit_grant(role.permissions())?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        escalation::permit_grant_to(transaction, op, &row).await?;
        if !role_bindings::of(transaction, &row).await?.contains(&role) {
            role_bindings::bind(transaction, op, &row, role).await?;
        }
        Ok(row)
    })
}

/// Revokes a role. Repetitions change nothing.
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
    accounts::fetch_for(op, permission, organization, account).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        if role == Role::Admin {
            last_admin::ensure_remains(transaction, op, organization, Loss::Account(account)).await?;
        }
        let revoked = role_binding::Entity::delete_in_org(organization)
            .filter(role_binding::Column::ServiceAccountId.eq(account.clone()))
            .filter(role_binding::Column::Role.eq(role.label()))
            .exec(transaction)
            .await?;
        if revoked.rows_affected > 0 {
            let change = audit::Change::removed("roles", role.label());
            audit::record(transaction, op, role_bindings::event(&row, EventType::RoleRevoke, role, change)).await?;
        }
        Ok(row)
    })
}
