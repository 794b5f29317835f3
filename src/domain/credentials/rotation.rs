//! Rotation: a new credential beside the old one, both valid until the old one retires.
//!
//! ```text
//! (none) --start--> overlapping --deadline, or finish--> retired
//!    ^                   |
//!    +------cancel-------+
//! ```

mod start;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::delete::delete_row;
use super::lock::LockedAccount;
use super::{event, fetch_for, is_in_use, not_found, select};
use crate::auth::status::is_active;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::escalation;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::{Error, Reason, Result};
use crate::store::in_transaction;
pub use start::{StartInput, start};

/// The state of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Both credentials are valid.
    Overlapping,
    /// The old credential is rejected.
    Retired,
}

/// The state of the rotation of a credential, if there is one.
#[must_use]
pub fn state(row: &credential::Model, now: DateTime<Utc>) -> Option<State> {
    let retires_at = row.retires_at?;
    Some(if retires_at > now { State::Overlapping } else { State::Retired })
}

/// Whether clients of a credential that is being replaced do not need it any more: it is not active,
/// it was never used, or it was not used within 24 hours and its successor was used since.
#[must_use]
pub fn is_safe_to_revoke(
    row: &credential::Model,
    successor: Option<&credential::Model>,
    now: DateTime<Utc>,
) -> bool {
    let used = row.last_used_at;
    let moved_on = || !is_in_use(row, now) && successor.is_some_and(|it| it.last_used_at > used);
    !is_active(row, now) || used.is_none() || moved_on()
}

/// Finishes it before the deadline: the old credential is rejected from the next request on. A finished
/// rotation stays as it is.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict`: there is no rotation, or the new credential of the last admin
/// is not active.
pub async fn finish(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let (_, before) = LockedAccount::lock(transaction, op, permission, &row).await?;
        match state(&before, op.now()) {
            Some(State::Overlapping) => {}
            Some(State::Retired) => return Ok(before),
            None => return Err(no_rotation()),
        }
        last_admin::ensure_remains(transaction, op, organization, Loss::Expiring(id, None)).await?;
        let mut row: credential::ActiveModel = before.clone().into();
        row.retires_at = Set(Some(op.now()));
        row.revision = Set(before.revision + 1);
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await?;
        let event = event(&after, EventType::CredentialRetire);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })
}

/// Cancels it before the deadline: the new credential is deleted, and the old one stays. Returns the
/// old credential and the id of the deleted one.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict`: there is no rotation, the old credential has retired, the last
/// admin could not authenticate without the new credential or, without `force`, it was used within
/// 24 hours.
pub async fn cancel(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    force: bool,
) -> Result<(credential::Model, CredentialId)> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    escalation::permit_credential(op.db(), op, Permission::CredentialsDelete, &row).await?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let (locked, row) = LockedAccount::lock(transaction, op, permission, &row).await?;
        let successor = match (state(&row, op.now()), &row.replaced_by) {
            (Some(State::Overlapping), Some(successor)) => locked.find(successor)?,
            (Some(_), _) => {
                let message = "the old credential has retired; the rotation cannot be cancelled";
                return Err(Error::conflict(Reason::CredentialNotActive, message));
            }
            (None, _) => return Err(no_rotation()),
        };
        if is_in_use(&successor, op.now()) && !force {
            let message =
                "the new credential was used within 24 hours; pass force: true to delete it";
            return Err(Error::conflict(Reason::CredentialInUse, message));
        }
        let deleted = Loss::Deleted(&successor.id);
        last_admin::ensure_remains(transaction, op, organization, deleted).await?;
        delete_row(transaction, op, &successor).await?;
        // If the successor was itself being replaced, the rotation continues to its own successor.
        let row = select(organization, id).one(transaction).await?.ok_or_else(not_found)?;
        Ok((row, successor.id))
    })
}

fn no_rotation() -> Error {
    Error::conflict(Reason::NoRotation, "no rotation of the credential is in progress")
}
