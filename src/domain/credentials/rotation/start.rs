//! The start of a rotation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};
use serde::Serialize;

use super::super::create::{Prepared, check, insert, permit_one_more, prepare, replayed};
use super::super::lock::Locked;
use super::super::{CreatedCredential, CredentialInput, event, fetch_for, not_found, select};
use super::{State, state};
use crate::auth::status::is_active;
use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::access::held_permissions;
use crate::domain::audit::{self, Event, Facts};
use crate::domain::idempotency::{Claim, Created, Key};
use crate::domain::last_admin::{self, Without};
use crate::domain::locks;
use crate::error::{Error, Fields, Reason, Result};
use crate::store::in_transaction;

/// How long both are valid where it is not said, in seconds: a week.
const OVERLAP: i64 = 7 * 86_400;

/// The longest that both may be valid, in seconds.
const LONGEST: i64 = 90 * 86_400;

/// What a rotation is to be.
#[derive(Debug, Default, Serialize)]
pub struct Start {
    /// How long both are valid, in seconds: 0 to 7,776,000 (90 days), by default a week.
    pub overlap: Option<i64>,
    /// What the new one is called; by default as the old one.
    pub name: Option<String>,
    /// What it is for; by default the same.
    pub description: Option<String>,
    /// When the new one expires, which is no later than the end of the old one; `None`: with that.
    pub expires_at: Option<DateTime<Utc>>,
    /// The public key that the new one authenticates with instead of a secret.
    pub public_key: Option<String>,
}

/// Starts a rotation: creates a new credential for the same service account, with the restrictions
/// and the end of the old one, and sets the deadline of the old one. With a `key`, it is done once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the old one is not active or is being
/// replaced already, when the account has as many as it may have, or when the key was used for
/// something else.
pub async fn start(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    start: Start,
    key: Option<&Key>,
) -> Result<(credential::Model, CreatedCredential)> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    held_permissions::permit_credential(op.db(), op, Permission::CredentialsCreate, &row).await?;
    let claim = Claim::new(op, key, ("credentials.rotate", id.as_str()), &start)?;
    let mut fields = Fields::default();
    let overlap = fields.check(overlap(start.overlap))?;
    fields.check(Key::check(key))?;
    let checked = check(op, start.after(&row), fields)?;
    if let Some(created) = claim.answer(op).await? {
        return started(op, &row, &created).await;
    }
    let prepared = prepare(op, checked).await?;
    let done = in_transaction!(op.app.db, transaction => {
        if prepared.ends_at().is_some() {
            locks::organization(transaction, organization).await?;
        }
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let (locked, old) = Locked::to(transaction, op, permission, &row).await?;
        permit_start(&old, op.now())?;
        // The old one would have ended by then anyway, if that is no later.
        let ends_earlier = |end: &DateTime<Utc>| old.ends_at().is_none_or(|last| *end < last);
        if let Some(end) = prepared.ends_at().filter(ends_earlier) {
            let ended = Without::Ended(id, Some(end));
            last_admin::ensure_remains(transaction, op, organization, ended).await?;
        }
        let removed = permit_one_more(transaction, op, &locked.account).await?;
        let prepared = prepared.within(inherited(&old, &prepared)?);
        let created = insert(transaction, op, &locked.account, &prepared).await?;
        let created = CreatedCredential { removed, ..created };
        let old = begin(transaction, op, old, &created.credential, overlap).await?;
        claim.keep(transaction, op, &created.created()).await?;
        Ok(Some((old, created)))
    })?;
    match done {
        Some(done) => Ok(done),
        None => started(op, &row, &claim.first_answer(op).await?).await,
    }
}

/// What an earlier request with the same key did: the old credential as it is now, and the new one.
async fn started(
    op: &OpContext,
    row: &credential::Model,
    created: &Created,
) -> Result<(credential::Model, CreatedCredential)> {
    let created = replayed(op, &row.organization_id, created).await?;
    let old = select(&row.organization_id, &row.id).one(op.db()).await?.ok_or_else(not_found)?;
    Ok((old, created))
}

impl Start {
    /// The credential that comes after `old`.
    fn after(self, old: &credential::Model) -> CredentialInput {
        CredentialInput {
            name: self.name.unwrap_or_else(|| old.name.clone()),
            description: self.description.or_else(|| old.description.clone()),
            expires_at: self.expires_at,
            public_key: self.public_key,
            ..CredentialInput::default()
        }
    }
}

fn overlap(seconds: Option<i64>) -> Result<TimeDelta> {
    let seconds = seconds.unwrap_or(OVERLAP);
    if (0..=LONGEST).contains(&seconds) {
        Ok(TimeDelta::seconds(seconds))
    } else {
        Err(Error::invalid("overlap", format!("must be 0 to {LONGEST} seconds")))
    }
}

/// Rejects the rotation of a credential that is not active or is being replaced.
fn permit_start(old: &credential::Model, now: DateTime<Utc>) -> Result<()> {
    let (reason, message) = if state(old, now) == Some(State::Overlapping) {
        let message = "a rotation is in progress; finish or cancel it first";
        (Reason::RotationInProgress, message)
    } else if !is_active(old, now) {
        (Reason::CredentialNotActive, "the credential must be active to be rotated")
    } else {
        return Ok(());
    };
    Err(Error::conflict(reason, message))
}

/// The bounds of the successor of `old`: the same restrictions, and the same end or an earlier one.
fn inherited(old: &credential::Model, prepared: &Prepared) -> Result<Bounds> {
    let mut bounds = Bounds::of(old).ok_or_else(|| Error::internal("unreadable restrictions"))?;
    if let Some(end) = prepared.ends_at() {
        if bounds.ends_at.is_some_and(|last| end > last) {
            let message = "must not be later than the expiry of the old credential";
            return Err(Error::invalid("expires_at", message));
        }
        bounds.ends_at = Some(end);
    }
    Ok(bounds)
}

async fn begin(
    on: &impl ConnectionTrait,
    op: &OpContext,
    old: credential::Model,
    successor: &credential::Model,
    overlap: TimeDelta,
) -> Result<credential::Model> {
    let (now, revision, tokens) = (op.now(), old.revision + 1, old.token_count);
    let before = old.clone();
    let mut old: credential::ActiveModel = old.into();
    old.rotation_began_at = Set(Some(now));
    old.retires_at = Set(Some(now + overlap));
    old.replaced_by = Set(Some(successor.id.clone()));
    old.tokens_before_rotation = Set(Some(tokens));
    old.revision = Set(revision);
    old.updated_at = Set(now);
    let old = old.update(on).await?;
    let detail = Some(successor.id.as_str());
    let event = Event { detail, ..event(&old, "credential.rotate") };
    audit::record(on, op, event.changed(Facts::from(&before), Facts::from(&old))).await?;
    Ok(old)
}
