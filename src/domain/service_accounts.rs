//! Service accounts: the machine identities of an organization.

mod bulk;
mod counts;
mod create;
mod disabling;
mod external_id;
mod filter;
mod list;
mod names;
mod new_account;
mod replay;
mod revocation;

use chrono::{DateTime, Utc};
use entity::{
    CredentialId, OrganizationId, ServiceAccountId, TenantScoped, credential, role_binding,
    service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter};

pub use super::access::accounts::fetch_for;
use super::access::{account_event, api_grants, escalation, role_bindings};
use super::audit::{self, Change, EventType, Snapshot};
use super::last_admin::{self, Loss};
use super::{locks, text};
pub use bulk::switch_all;
pub use counts::{ServiceAccountCounts, counts};
pub(super) use create::insert;
pub use create::{ServiceAccountInput, create};
pub use disabling::{disable, enable};
pub use external_id::by_external_id;
pub use filter::{ApiScopeFilter, ServiceAccountFilter};
pub use list::{ServiceAccountSelection, WithRoles, count, ids_matching, list, list_with_roles};
pub use names::merge_index;
pub(super) use new_account::NewAccount;
pub use revocation::revoke_tokens;

use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Fields, Result};
use crate::store::{in_list, in_transaction};

/// The rows of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_ids(
    op: &OpContext,
    ids: Vec<ServiceAccountId>,
) -> Result<Vec<service_account::Model>> {
    let rows = service_account::Entity::in_org(op.tenant()?)
        .filter(in_list(op.db(), service_account::Column::Id, &ids))
        .all(op.db())
        .await?;
    Ok(rows.into_iter().filter(|row| op.may(Permission::ServiceAccountsRead, row)).collect())
}

/// A change to a service account; absent fields stay.
#[derive(Debug, Default)]
pub struct ServiceAccountChange {
    /// Name and description.
    pub text: text::Change,
    /// The external id of an account that has none.
    pub external_id: Option<String>,
}

/// Updates name or description, or sets the external id.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the external id is set to another one, or when
/// another account has it.
pub async fn update(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
    change: ServiceAccountChange,
) -> Result<service_account::Model> {
    let permission = Permission::ServiceAccountsUpdate;
    fetch_for(op, permission, organization, id).await?;
    let mut fields = Fields::default();
    let external_id = change.external_id.as_deref().map(external_id::validate).transpose();
    let external_id = fields.check(external_id)?;
    let change = change.text.validate(&mut fields)?;
    fields.finish()?;
    in_transaction!(op.app.db, transaction => {
        let before = locks::service_account(transaction, organization, id).await?;
        escalation::permit_account(transaction, op, permission, &before).await?;
        let mut row: service_account::ActiveModel = before.clone().into();
        if let Some(name) = &change.name {
            row.name.set_if_not_equals(name.clone());
        }
        if let Some(description) = &change.description {
            row.description.set_if_not_equals(description.clone());
        }
        if let Some(new) = &external_id {
            external_id::permit_change(before.external_id.as_deref(), new)?;
            row.external_id.set_if_not_equals(Some(new.clone()));
        }
        if !row.is_changed() {
            return Ok(before);
        }
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await.map_err(external_id::conflict)?;
        let event = account_event::event(&after, EventType::ServiceAccountUpdate);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })
}

/// Deletes it, with its credentials and roles. Returns the ids of the credentials.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn delete(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Vec<CredentialId>> {
    let permission = Permission::ServiceAccountsDelete;
    fetch_for(op, permission, organization, id).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let row = locks::service_account(transaction, organization, id).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        last_admin::ensure_remains(transaction, op, organization, Loss::Account(id)).await?;
        let credentials = locks::credentials(transaction, &row).await?;
        // Before the deletion: the event names the actor, which may be this very account.
        let event = account_event::event(&row, EventType::ServiceAccountDelete);
        let mut event = event.changed(Snapshot::from(&row), Snapshot::default());
        event.changes.extend(deleted_with(transaction, op.now(), &row, &credentials).await?);
        audit::record(transaction, op, event).await?;
        role_binding::Entity::delete_in_org(organization)
            .filter(role_binding::Column::TargetId.eq(id.as_str()))
            .exec(transaction)
            .await?;
        service_account::Entity::delete_in_org(organization)
            .filter(service_account::Column::Id.eq(id.clone()))
            .exec(transaction)
            .await?;
        Ok(credentials.into_iter().map(|row| row.id).collect())
    })
}

/// The roles, API scopes and credentials that are deleted with an account.
async fn deleted_with(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    account: &service_account::Model,
    credentials: &[credential::Model],
) -> Result<Vec<Change>> {
    let roles = role_bindings::of(on, now, account).await?;
    let grants = api_grants::of_account(on, &account.organization_id, &account.id).await?;
    let roles = roles.iter().map(|it| Change::removed("roles", it.label.as_str()));
    let scopes = grants.iter().map(|grant| {
        Change::removed("api_scopes", format!("{} of {}", grant.scopes, grant.api.id))
    });
    let ids = credentials.iter().map(|row| Change::removed("credentials", row.id.as_str()));
    Ok(roles.chain(scopes).chain(ids).collect())
}
