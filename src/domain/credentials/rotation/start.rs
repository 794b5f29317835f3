//! The start of a rotation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};
use serde::Serialize;

use super::super::input::validate;
use super::super::insert::{Prepared, insert, prepare};
use super::super::lock::LockedAccount;
use super::super::maximum::permit_one_more;
use super::super::replay::replayed;
use super::super::{CreatedCredential, CredentialInput, event, fetch_for, not_found, select};
use super::{State, state};
use crate::auth::status::is_active;
use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::access::escalation;
use crate::domain::audit::{self, Event, EventType, Snapshot};
use crate::domain::idempotency::{Claim, IdempotencyKey, StoredResult};
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::{Error, Fields, Reason, Result};
use crate::store::in_transaction;

/// The default overlap, in seconds: a week.
const DEFAULT_OVERLAP: i64 = 7 * 86_400;

/// The maximum overlap, in seconds: 90 days.
const MAX_OVERLAP: i64 = 90 * 86_400;

/// The input of a rotation.
#[derive(Debug, Default, Serialize)]
pub struct StartInput {
    /// The time in which both credentials are valid, in seconds: 0 to 7,776,000 (90 days); default: a week.
    pub overlap: Option<i64>,
    /// The name of the new credential; default: that of the old one.
    pub name: Option<String>,
    /// The description of the new credential; default: that of the old one.
    pub description: Option<String>,
    /// The expiry of the new credential, no later than the end of the old one; `None`: the same end.
    pub expires_at: Option<DateTime<Utc>>,
    /// The public key that the new credential authenticates with instead of a secret.
    pub public_key: Option<String>,
}

/// Starts a rotation: creates a new credential for the same service account, with the restrictions
/// and the end of the old one, and sets the deadline of the old one. With a `key`, retries start none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the old one is not active or is being
/// replaced already, when the account has its maximum number, or when the key was used for
/// something else.
pub async fn start(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    start: StartInput,
    key: Option<&IdempotencyKey>,
) -> Result<(credential::Model, CreatedCredential)> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    escalation::permit_credential(op.db(), op, Permission::CredentialsCreate, &row).await?;
    let claim = Claim::new(op, key, ("credentials.rotate", id.as_str()), &start)?;
    let mut fields = Fields::default();
    let overlap = fields.check(overlap(start.overlap))?;
    fields.check(IdempotencyKey::check(key))?;
    let input = validate(op, start.successor_of(&row), fields)?;
    if let Some(created) = claim.replay(op).await? {
        return replayed_start(op, &row, &created).await;
    }
    let prepared = prepare(op, input).await?;
    let done = in_transaction!(op.app.db, transaction => {
        if prepared.expires_at().is_some() {
            locks::organization(transaction, organization).await?;
        }
        if !claim.acquire(transaction).await? {
            return Ok(None);
        }
        let (locked, old) = LockedAccount::lock(transaction, op, permission, &row).await?;
        permit_start(&old, op.now())?;
        // An end no later than that of the old credential takes nothing from the last admin.
        let ends_earlier = |end: &DateTime<Utc>| old.ends_at().is_none_or(|last| *end < last);
        if let Some(end) = prepared.expires_at().filter(ends_earlier) {
            let ended = Loss::Expiring(id, Some(end));
            last_admin::ensure_remains(transaction, op, organization, ended).await?;
        }
        let removed = permit_one_more(transaction, op, &locked.account).await?;
        let prepared = prepared.with_bounds(inherited(&old, &prepared)?);
        let created = insert(transaction, op, &locked.account, &prepared).await?;
        let created = CreatedCredential { removed, ..created };
        let old = set_successor(transaction, op, old, &created.credential, overlap).await?;
        claim.store(transaction, op, &created.stored_result()).await?;
        Ok(Some((old, created)))
    })?;
    match done {
        Some(done) => Ok(done),
        None => replayed_start(op, &row, &claim.replay_first(op).await?).await,
    }
}

/// The current old credential, and the new one that an earlier request with the same key created.
async fn replayed_start(
    op: &OpContext,
    row: &credential::Model,
    created: &StoredResult,
) -> Result<(credential::Model, CreatedCredential)> {
    let created = replayed(op, &row.organization_id, created).await?;
    let old = select(&row.organization_id, &row.id).one(op.db()).await?.ok_or_else(not_found)?;
    Ok((old, created))
}

impl StartInput {
    /// The input of the successor of `old`.
    fn successor_of(self, old: &credential::Model) -> CredentialInput {
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
    let seconds = seconds.unwrap_or(DEFAULT_OVERLAP);
    if (0..=MAX_OVERLAP).contains(&seconds) {
        Ok(TimeDelta::seconds(seconds))
    } else {
        Err(Error::invalid("overlap", format!("must be 0 to {MAX_OVERLAP} seconds")))
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
    if let Some(end) = prepared.expires_at() {
        if bounds.ends_at.is_some_and(|last| end > last) {
            let message = "must not be later than the expiry of the old credential";
            return Err(Error::invalid("expires_at", message));
        }
        bounds.ends_at = Some(end);
    }
    Ok(bounds)
}

async fn set_successor(
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
    let event = Event { detail, ..event(&old, EventType::CredentialRotate) };
    audit::record(on, op, event.changed(Snapshot::from(&before), Snapshot::from(&old))).await?;
    Ok(old)
}
