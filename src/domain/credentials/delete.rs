//! Deletion of credentials.

use chrono::{DateTime, Utc};
use entity::{
    CredentialId, OrganizationId, ServiceAccountId, TenantScoped, credential, service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter};

use super::lock::LockedAccount;
use super::{event, fetch_for, is_in_use, select};
use crate::auth::status::is_active;
use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::{Error, Reason, Result};
use crate::store::in_transaction;

/// Deletes it: from the next request on, it and its tokens are rejected everywhere. The
/// rotation of a credential that it replaces is cancelled.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last active credential of the last admin, and,
/// without `force`, for the last active credential of an account that used it within 24 hours.
pub async fn delete(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    force: bool,
) -> Result<()> {
    let permission = Permission::CredentialsDelete;
    let row = fetch_for(op, permission, organization, account, id).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let (locked, row) = LockedAccount::lock(transaction, op, permission, &row).await?;
        if !force {
            permit_unless_last_in_use(&locked.all, &row, op.now())?;
        }
        last_admin::ensure_remains(transaction, op, organization, Loss::Deleted(id)).await?;
        delete_row(transaction, op, &row).await
    })
}

/// Rejects the deletion of the last active one of `all` credentials of an account while it is in
/// use.
fn permit_unless_last_in_use(
    all: &[credential::Model],
    row: &credential::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    let in_use = is_active(row, now) && is_in_use(row, now);
    if !in_use || all.iter().any(|other| other.id != row.id && is_active(other, now)) {
        return Ok(());
    }
    Err(Error::conflict(
        Reason::LastCredentialInUse,
        "the last active credential of its service account was used within 24 hours; \
         pass force: true to delete it",
    ))
}

/// Deletes the row and cancels the rotations to it.
pub(super) async fn delete_row(
    on: &impl ConnectionTrait,
    op: &OpContext,
    row: &credential::Model,
) -> Result<()> {
    credential::Entity::delete_in_org(&row.organization_id)
        .filter(credential::Column::Id.eq(row.id.clone()))
        .exec(on)
        .await?;
    keep_usage(on, row).await?;
    let event = event(row, EventType::CredentialDelete);
    audit::record(on, op, event.changed(Snapshot::from(row), Snapshot::default())).await?;
    cancel_rotations_to(on, op, row).await
}

/// Keeps the time of the last usage: the account was used then.
async fn keep_usage(on: &impl ConnectionTrait, row: &credential::Model) -> Result<()> {
    let Some(at) = row.last_used_at else { return Ok(()) };
    let known = || Expr::col("deleted_last_used_at");
    let latest = Expr::case(known().gt(at), known()).finally(Expr::value(at));
    service_account::Entity::update_in_org(&row.organization_id)
        .col_expr("deleted_last_used_at", latest.into())
        .filter(service_account::Column::Id.eq(row.service_account_id.clone()))
        .exec(on)
        .await?;
    Ok(())
}

/// Cancels the rotations to a deleted credential. If it was itself being replaced and its successor
/// exists, they continue to that successor. The caller may only restore old credentials
/// within its own bounds. All credentials of the account must be locked.
async fn cancel_rotations_to(
    on: &impl ConnectionTrait,
    op: &OpContext,
    deleted: &credential::Model,
) -> Result<()> {
    let organization = &deleted.organization_id;
    let successor = match &deleted.replaced_by {
        Some(id) => select(organization, id).one(on).await?.map(|row| row.id),
        None => None,
    };
    let replaced = credential::Entity::in_org(organization)
        .filter(credential::Column::ServiceAccountId.eq(deleted.service_account_id.clone()))
        .filter(credential::Column::ReplacedBy.eq(deleted.id.clone()))
        .filter(credential::Column::RetiresAt.gt(op.now()))
        .all(on)
        .await?;
    for before in replaced {
        let mut row: credential::ActiveModel = before.clone().into();
        row.replaced_by = Set(successor.clone());
        if successor.is_none() {
            row.rotation_began_at = Set(None);
            row.retires_at = Set(None);
            row.tokens_before_rotation = Set(None);
        }
        row.revision = Set(before.revision + 1);
        row.updated_at = Set(op.now());
        let after = row.update(on).await?;
        if successor.is_none() {
            op.permit_bounds(Permission::CredentialsUpdate, [Bounds::of(&after).as_ref()])?;
        }
        let cancelled = EventType::CredentialCancelRotation;
        let action =
            if successor.is_none() { cancelled } else { EventType::CredentialContinueRotation };
        let event = event(&after, action).changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(on, op, event).await?;
    }
    Ok(())
}
