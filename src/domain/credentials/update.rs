//! Changes to credentials.

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, TryIntoModel};

use super::lock::LockedAccount;
use super::restrictions::{self, RestrictionsPatch, ValidPatch};
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

/// A validated [`Change`].
struct ValidChange {
    text: text::ValidChange,
    expires_at: Option<Option<DateTime<Utc>>>,
    restrictions: ValidPatch,
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
    let change = change.validate(op)?;
    in_transaction!(op.app.db, transaction => {
        if change.may_end_administration() {
            locks::organization(transaction, organization).await?;
        }
        let (locked, before) = LockedAccount::lock(transaction, op, permission, &row).await?;
        let mut row = change.apply(&before)?;
        if !change.restrictions.is_empty() {
            let requested = &change.restrictions.requested;
            restrictions::permit(transaction, op, &locked.account, requested).await?;
        }
        if !row.is_changed() {
            return Ok(before);
        }
        let after = row.clone().try_into_model()?;
        op.permit_bounds(permission, [Bounds::lasting(&after, op.now()).as_ref()])?;
        ensure_admin_remains(transaction, op, &before, &after).await?;
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

impl Change {
    fn validate(self, op: &OpContext) -> Result<ValidChange> {
        let mut fields = Fields::default();
        let text = self.text.validate(&mut fields)?;
        let expires_at = self.expires_at.map(|at| at.map(|at| expiry(op, at)).transpose());
        let expires_at = fields.check(expires_at.transpose())?;
        let restrictions = self.restrictions.validate(&mut fields)?;
        fields.finish()?;
        Ok(ValidChange { text, expires_at, restrictions })
    }
}

impl ValidChange {
    /// Whether the last admin might not be able to administer after it.
    fn may_end_administration(&self) -> bool {
        self.expires_at.flatten().is_some() || !self.restrictions.is_empty()
    }

    /// The row after the change, in which only the fields that differ are set.
    fn apply(&self, before: &credential::Model) -> Result<credential::ActiveModel> {
        let mut row: credential::ActiveModel = before.clone().into();
        if let Some(name) = &self.text.name {
            row.name.set_if_not_equals(name.clone());
        }
        if let Some(description) = &self.text.description {
            row.description.set_if_not_equals(description.clone());
        }
        if let Some(expires_at) = self.expires_at {
            row.expires_at.set_if_not_equals(expires_at);
        }
        if !self.restrictions.is_empty() {
            // Restrictions of another version are not overwritten.
            let unreadable = |_| Error::internal("unreadable restrictions");
            let stored = Restrictions::from_stored(before.restrictions.as_deref());
            let after = self.restrictions.apply(stored.map_err(unreadable)?);
            row.restrictions.set_if_not_equals(after.to_stored().map_err(Error::internal)?);
        }
        Ok(row)
    }
}

/// Rejects a change after which the organization has no admin that can authenticate and administer, or
/// has one for a shorter time.
async fn ensure_admin_remains(
    on: &impl ConnectionTrait,
    op: &OpContext,
    before: &credential::Model,
    after: &credential::Model,
) -> Result<()> {
    let (organization, id) = (&before.organization_id, &before.id);
    let administers =
        |it: &credential::Model| last_admin::can_administer(op, it.restrictions.as_deref());
    if administers(before) && !administers(after) {
        last_admin::ensure_remains(on, op, organization, Loss::Expiring(id, None)).await?;
    }
    let end = after.expires_at.filter(|_| after.expires_at != before.expires_at);
    if end.is_some_and(|end| before.ends_at().is_none_or(|last| end < last)) {
        last_admin::ensure_remains(on, op, organization, Loss::Expiring(id, end)).await?;
    }
    Ok(())
}
