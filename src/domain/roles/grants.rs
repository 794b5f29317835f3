//! Granting and revoking roles.

mod binding_rows;

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, role_binding, service_account};
use sea_orm::ConnectionTrait;

use super::RoleDefinition;
use crate::app::App;
use crate::auth::status::has_ended;
use crate::authz::{Binding, Permission, Role};
use crate::context::OpContext;
use crate::domain::access::{accounts, escalation, role_bindings, role_definition};
use crate::domain::audit::{self, Change, EventType};
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::{Error, Result};
use crate::store::{self, in_transaction};

/// A role to grant.
#[derive(Clone, Debug)]
pub struct NewBinding {
    /// The label or the id of the role.
    pub role: String,
    /// The service account that it is confined to; `None`: the whole organization.
    pub target: Option<ServiceAccountId>,
    /// When the grant ends; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewBinding {
    /// A role in the whole organization, without an end.
    #[must_use]
    pub fn of_organization(role: &str) -> Self {
        Self { role: role.to_owned(), target: None, expires_at: None }
    }

    fn of(&self, role: &RoleDefinition) -> Binding {
        Binding {
            target: self.target.clone(),
            expires_at: self.expires_at,
            ..Binding::unlimited(role.label(), role.at_most())
        }
    }
}

/// Grants a role. A repetition sets its end, and changes nothing if that is the same. The caller must
/// cover what the account holds and the granted role, and no credential of the account may have wider
/// bounds than the caller's own.
///
/// # Errors
/// `NotFound` (the account, the role, or a target that the caller may not read), `Forbidden`,
/// `Invalid`; `Conflict` at the maximum number of roles, or if the last admin's role would end.
pub async fn grant(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    new: &NewBinding,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    accounts::fetch_for(op, permission, organization, account).await?;
    let role = find(op, organization, &new.role).await?;
    op.permit_grant(permission, &new.of(&role))?;
    if new.expires_at.is_some_and(|end| end <= op.now()) {
        return Err(Error::invalid("expires_at", "must be in the future"));
    }
    if let Some(target) = &new.target {
        accounts::fetch_for(op, Permission::ServiceAccountsRead, organization, target).await?;
    }
    in_transaction!(op.app.db, transaction => {
        if new.expires_at.is_some() {
            locks::organization(transaction, organization).await?;
        }
        let row = lock(transaction, organization, account, new.target.as_ref()).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        escalation::permit_grant_to(transaction, op, permission, &row).await?;
        bind(transaction, op, &row, &role, new).await?;
        Ok(row)
    })
}

/// Locks a service account and the one that its role is confined to, in the order of their ids.
async fn lock(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    target: Option<&ServiceAccountId>,
) -> Result<service_account::Model> {
    if let Some(target) = target.filter(|target| *target < account) {
        locks::service_account(on, organization, target).await?;
    }
    let row = locks::service_account(on, organization, account).await?;
    if let Some(target) = target.filter(|target| *target > account) {
        locks::service_account(on, organization, target).await?;
    }
    Ok(row)
}

/// Deletes the bindings of all organizations that have ended.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    store::delete_expired::<role_binding::Entity>(&app.db, app.clock.now()).await
}

/// Binds `role` to `account`, which must be locked.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict`, or the database does not respond.
pub(in crate::domain) async fn bind(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    role: &RoleDefinition,
    new: &NewBinding,
) -> Result<()> {
    let role = match role.row() {
        // Its permissions as they are when no change is under way.
        Some(row) => locks::role(on, &row.organization_id, &row.label).await?.into(),
        None => role.clone(),
    };
    op.permit_grant(Permission::RolesGrant, &new.of(&role))?;
    let label = role.label();
    let existing = binding_rows::one(account, label, new.target.as_ref()).one(on).await?;
    let has_ended = |it: &role_binding::Model| has_ended(it.expires_at, op.now());
    let mut changes = match existing {
        Some(row) if row.expires_at == new.expires_at => return Ok(()),
        Some(row) if has_ended(&row) => {
            binding_rows::delete(on, &row).await?;
            binding_rows::insert(on, op, account, label, new).await?
        }
        Some(row) => vec![binding_rows::extend(on, op, row, new).await?],
        None => binding_rows::insert(on, op, account, label, new).await?,
    };
    changes.extend(target_change(new.target.as_ref()));
    audit::record(on, op, role_bindings::event(account, EventType::RoleGrant, label, changes)).await
}

/// Revokes a role, in the organization or on `target`. Repetitions change nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn revoke(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    role: &str,
    target: Option<&ServiceAccountId>,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    accounts::fetch_for(op, permission, organization, account).await?;
    let role = find(op, organization, role).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        if role.label() == Role::Admin.label() && target.is_none() {
            last_admin::ensure_remains(transaction, op, organization, Loss::Account(account)).await?;
        }
        let Some(binding) = binding_rows::one(&row, role.label(), target).one(transaction).await? else {
            return Ok(row);
        };
        binding_rows::delete(transaction, &binding).await?;
        let removed = Some(Change::removed("roles", role.label()));
        let changes = [removed, target_change(target)].into_iter().flatten().collect();
        let event = role_bindings::event(&row, EventType::RoleRevoke, role.label(), changes);
        audit::record(transaction, op, event).await?;
        Ok(row)
    })
}

/// The role with this label or id. One that the organization created exists for callers who may list
/// roles.
async fn find(
    op: &OpContext,
    organization: &OrganizationId,
    reference: &str,
) -> Result<RoleDefinition> {
    let role = role_definition::find(op.db(), organization, reference).await?;
    let readable = role.row().is_none() || op.may(Permission::RolesList, organization);
    if readable { Ok(role) } else { Err(role_definition::not_found()) }
}

/// Names the service account that the role is confined to.
fn target_change(target: Option<&ServiceAccountId>) -> Option<Change> {
    target.map(|id| Change::added("on_service_account_id", id.as_str()))
}
