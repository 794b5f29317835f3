//! Deletion of credentials.

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};

use super::lock::Locked;
use super::removal::remove;
use super::{fetch_for, is_in_use};
use crate::auth::status::is_active;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::last_admin::{self, Without};
use crate::domain::locks;
use crate::error::{Error, Reason, Result};
use crate::store::in_transaction;

/// Deletes it: from the next request on, it and its tokens are refused everywhere. A credential
/// that it was to replace stays.
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
        let (locked, row) = Locked::to(transaction, op, permission, &row).await?;
        if !force {
            keep_one_in_use(&locked.all, &row, op.now())?;
        }
        last_admin::ensure_remains(transaction, op, organization, Without::Deleted(id)).await?;
        remove(transaction, op, &row).await
    })
}

/// Rejects the deletion of the last active one of `all` credentials of an account while it is in
/// use.
fn keep_one_in_use(
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
