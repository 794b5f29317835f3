//! The start of a rotation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};
use serde::Serialize;

use super::super::create::{Prepared, check, insert, permit_one_more, prepare, replayed};
use super::super::lock::Locked;
use super::super::{Minted, New, event, fetch_for, not_found, select};
use super::{State, state};
use crate::authz::{Bounds, Permission};
use crate::cx::Cx;
use crate::domain::audit::{self, Event, Facts};
use crate::domain::idempotency::{Claim, Created, Key};
use crate::domain::last_admin::{self, Without};
use crate::domain::{locks, strength};
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
    cx: &Cx,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    start: Start,
    key: Option<&Key>,
) -> Result<(credential::Model, Minted)> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(cx, permission, organization, account, id).await?;
    strength::permit_credential(cx.db(), cx, Permission::CredentialsCreate, &row).await?;
    let claim = Claim::new(cx, key, ("credentials.rotate", id.as_str()), &start)?;
    let mut fields = Fields::default();
    let overlap = fields.check(overlap(start.overlap))?;
    fields.check(Key::check(key))?;
    let checked = check(cx, start.after(&row), fields)?;
    if let Some(created) = claim.answer(cx).await? {
        return started(cx, &row, &created).await;
    }
    let prepared = prepare(cx, checked).await?;
    let done = in_transaction!(cx.app.db, transaction => {
        if prepared.ends_at().is_some() {
            locks::organization(transaction, organization).await?;
        }
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let (locked, old) = Locked::to(transaction, cx, permission, &row).await?;
        permit_start(&old, cx.now())?;
        // The old one would have ended by then anyway, if that is no later.
        let ends_earlier = |end: &DateTime<Utc>| old.ends_at().is_none_or(|last| *end < last);
        if let Some(end) = prepared.ends_at().filter(ends_earlier) {
            let ended = Without::Ended(id, Some(end));
            last_admin::keep(transaction, cx, organization, ended).await?;
        }
        let removed = permit_one_more(transaction, cx, &locked.account).await?;
        let prepared = prepared.within(inherited(&old, &prepared)?);
        let minted = insert(transaction, cx, &locked.account, &prepared).await?;
        let minted = Minted { removed, ..minted };
        let old = begin(transaction, cx, old, &minted.credential, overlap).await?;
        claim.keep(transaction, cx, &minted.created()).await?;
        Ok(Some((old, minted)))
    })?;
    match done {
        Some(done) => Ok(done),
        None => started(cx, &row, &claim.first_answer(cx).await?).await,
    }
}

/// What an earlier request with the same key did: the old credential as it is now, and the new one.
async fn started(
    cx: &Cx,
    row: &credential::Model,
    created: &Created,
) -> Result<(credential::Model, Minted)> {
    let minted = replayed(cx, &row.organization_id, created).await?;
    let old = select(&row.organization_id, &row.id).one(cx.db()).await?.ok_or_else(not_found)?;
    Ok((old, minted))
}

impl Start {
    /// The credential that comes after `old`.
    fn after(self, old: &credential::Model) -> New {
        New {
            name: self.name.unwrap_or_else(|| old.name.clone()),
            description: self.description.or_else(|| old.description.clone()),
            expires_at: self.expires_at,
            public_key: self.public_key,
            ..New::default()
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
        let message = "a rotation is in progress: finish or cancel it first";
        (Reason::RotationInProgress, message)
    } else if !old.is_active(now) {
        (Reason::CredentialNotActive, "only an active credential can be rotated")
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
            let message = "must be no later than the end of the credential that is replaced";
            return Err(Error::invalid("expires_at", message));
        }
        bounds.ends_at = Some(end);
    }
    Ok(bounds)
}

async fn begin(
    on: &impl ConnectionTrait,
    cx: &Cx,
    old: credential::Model,
    successor: &credential::Model,
    overlap: TimeDelta,
) -> Result<credential::Model> {
    let (now, revision, tokens) = (cx.now(), old.revision + 1, old.token_count);
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
    audit::record(on, cx, event.changed(Facts::from(&before), Facts::from(&old))).await?;
    Ok(old)
}
