//! The start of a rotation.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait};
use serde::Serialize;

use super::super::life::{is_live, lock_to_change};
use super::super::limits;
use super::super::mint::{Kept, permit_one_more};
use super::super::{
    Minted, New, event, fetch_for, insert, not_found, permit_acting_as, prepare, select,
};
use super::state;
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::audit::{self, Event};
use crate::domain::idempotency::{Claim, Key};
use crate::domain::service_accounts;
use crate::error::{Error, Result};
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
    /// When it ends by itself, if it is to.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the new one is to prove itself by instead of a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// Begins: makes a new credential for the same service account, and sets the deadline of the old
/// one. With a `key`, it is done once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the old one is not live or being replaced
/// already, when the account has as many as it may have, or when the key was used for something
/// else.
pub async fn start(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
    start: Start,
    key: Option<&Key>,
) -> Result<(credential::Model, Minted)> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    cx.permit(Permission::CredentialsCreate, &row)?;
    let account = service_accounts::fetch(cx.db(), &row.organization_id, &row.service_account_id);
    permit_acting_as(cx.db(), cx, &account.await?).await?;
    let overlap = overlap(start.overlap)?;
    let claim = Claim::new(cx, key, ("credentials.rotate", id.as_str()), &start)?;
    if let Some(kept) = claim.answer::<Kept>(cx).await? {
        return begun(cx, &row, kept).await;
    }
    let prepared = prepare(cx, start.after(&row)).await?;
    let started = in_transaction!(cx.app.db, transaction => {
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let (account, old) = lock_to_change(transaction, cx, &row).await?;
        permit_start(&old, cx.now())?;
        permit_one_more(transaction, cx, &account).await?;
        // What narrows the old one narrows the new one.
        let prepared = prepared.limited(limits::of(&old)?);
        let minted = insert(transaction, cx, &account, &prepared).await?;
        let old = begin(transaction, cx, old, &minted.credential, overlap).await?;
        claim.keep(transaction, cx, &Kept::of(&minted)).await?;
        Ok(Some((old, minted)))
    })?;
    match started {
        Some(started) => Ok(started),
        None => begun(cx, &row, claim.first_answer(cx).await?).await,
    }
}

/// The answer that was given before, with the old credential as it is now.
async fn begun(
    cx: &Cx,
    row: &credential::Model,
    kept: Kept,
) -> Result<(credential::Model, Minted)> {
    let old = select(&row.organization_id, &row.id).one(cx.db()).await?.ok_or_else(not_found)?;
    Ok((old, kept.restore()?))
}

impl Start {
    /// The credential that comes after `old`.
    fn after(self, old: &credential::Model) -> New {
        New {
            name: self.name.unwrap_or_else(|| old.name.clone()),
            description: self.description.or_else(|| old.description.clone()),
            expires_at: self.expires_at,
            limits: None,
            public_key: self.public_key,
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

/// Whether the rotation of a credential may begin.
fn permit_start(old: &credential::Model, now: DateTime<Utc>) -> Result<()> {
    let refused = if state(old, now).is_some() {
        "it is being replaced already: finish or cancel that rotation"
    } else if !is_live(old, now) {
        "only a live credential can be rotated"
    } else {
        return Ok(());
    };
    Err(Error::Conflict(refused.to_owned()))
}

async fn begin(
    on: &impl ConnectionTrait,
    cx: &Cx,
    old: credential::Model,
    successor: &credential::Model,
    overlap: TimeDelta,
) -> Result<credential::Model> {
    let (now, revision, tokens) = (cx.now(), old.revision + 1, old.token_count);
    let mut old: credential::ActiveModel = old.into();
    old.rotation_began_at = Set(Some(now));
    old.retires_at = Set(Some(now + overlap));
    old.replaced_by = Set(Some(successor.id.clone()));
    old.tokens_before_rotation = Set(Some(tokens));
    old.revision = Set(revision);
    let old = old.update(on).await?;
    let detail = Some(successor.id.as_str());
    audit::record(on, cx, Event { detail, ..event(&old, "credential.rotate") }).await?;
    Ok(old)
}
