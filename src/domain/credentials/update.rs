//! Changes to credentials.

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::lock::LockedAccount;
use super::restrictions::{self, RestrictionsPatch};
use super::{event, expiry, fetch_for};
use crate::authz::{Bounds, Permission, Restrictions};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::last_admin::{self, Loss};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Result};
use crate::store::in_transaction;

/// A change to a credential; absent fields stay.
#[derive(Debug, Default)]
pub struct Change {
    /// Name and description.
    pub text: text::Change,
    /// When it expires; `Some(None)`: never.
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// Its restrictions.
    pub restrictions: RestrictionsPatch,
}

/// Updates it. Neither before nor after may its bounds be wider than those of the caller's
/// credential.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict`: the last active credential of the last admin
/// would expire, or could not administer any more.
pub async fn update(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    change: Change,
) -> Result<credential::Model> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    let mut fields = Fields::default();
    let text = change.text.validate(&mut fields)?;
    let expires_at = change.expires_at.map(|at| at.map(|at| expiry(op, at)).transpose());
    let expires_at = fields.check(expires_at.transpose())?;
    let restrictions = change.restrictions.validate(&mut fields)?;
    fields.finish()?;
    in_transaction!(op.app.db, transaction => {
        let end = expires_at.flatten();
        if end.is_some() || !restrictions.is_empty() {
            locks::organization(transaction, organization).await?;
        }
        let (locked, before) = LockedAccount::lock(transaction, op, permission, &row).await?;
        let mut row: credential::ActiveModel = before.clone().into();
        if let Some(name) = &text.name {
            row.name.set_if_not_equals(name.clone());
        }
        if let Some(description) = &text.description {
            row.description.set_if_not_equals(description.clone());
        }
        if let Some(expires_at) = expires_at {
            row.expires_at.set_if_not_equals(expires_at);
        }
        let stored = Restrictions::from_stored(before.restrictions.as_deref()).ok();
        let audience = &op.app.config.audience;
        let administers = |it: &Restrictions| it.allow_administration(audience);
        let administered = stored.as_ref().is_some_and(administers);
        let after = stored.map(|stored| restrictions.apply(stored));
        if !restrictions.is_empty() {
            // Restrictions of another version are not overwritten.
            let unreadable = || Error::internal("unreadable restrictions");
            let after = after.as_ref().ok_or_else(unreadable)?;
            restrictions::permit(transaction, op, &locked.account, &restrictions.requested).await?;
            row.restrictions.set_if_not_equals(after.to_stored().map_err(Error::internal)?);
        }
        if !row.is_changed() {
            return Ok(before);
        }
        let expires_at = expires_at.unwrap_or(before.expires_at);
        let ends_at = credential::first_of(expires_at, before.retires_at);
        let bounds = after.clone().map(|restrictions| Bounds { restrictions, ends_at });
        op.permit_bounds(permission, [bounds.as_ref()])?;
        if administered && !after.as_ref().is_some_and(administers) {
            let lost = Loss::Expiring(id, None);
            last_admin::ensure_remains(transaction, op, organization, lost).await?;
        }
        let is_earlier = before.ends_at().is_none_or(|last| end.is_some_and(|end| end < last));
        if end.is_some() && row.expires_at.is_set() && is_earlier {
            last_admin::ensure_remains(transaction, op, organization, Loss::Expiring(id, end)).await?;
        }
        if row.expires_at.is_set() || row.restrictions.is_set() {
            row.revision = Set(before.revision + 1);
        }
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await?;
        let event = event(&after, EventType::CredentialUpdate);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })
}
