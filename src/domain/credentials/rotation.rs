//! Rotation: a new credential beside the old one, both valid until the old one retires.
//!
//! ```text
//! (none) --start--> overlapping --deadline, or finish--> retired
//!    ^                   |
//!    +------cancel-------+
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter};
use serde::Serialize;

use super::life::{is_in_use, is_live, lock_to_change};
use super::limits;
use super::mint::{Kept, permit_one_more};
use super::{
    Minted, New, event, fetch_for, insert, lock, not_found, permit_acting_as, prepare, remove,
    select,
};
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
}

/// How far a rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Both credentials are valid.
    Overlapping,
    /// The old one is refused.
    Retired,
}

/// How far the rotation of a credential is, if there is one.
#[must_use]
pub fn state(row: &credential::Model, now: DateTime<Utc>) -> Option<State> {
    let retires_at = row.retires_at?;
    Some(if retires_at > now { State::Overlapping } else { State::Retired })
}

/// Whether nothing is lost when a credential that is being replaced goes: it is not live any more,
/// or was never used; or it was not used within 24 hours, and its successor was used since.
#[must_use]
pub fn is_safe_to_revoke(
    row: &credential::Model,
    successor: Option<&credential::Model>,
    now: DateTime<Utc>,
) -> bool {
    let used = row.last_used_at;
    let moved_on = || !is_in_use(row, now) && successor.is_some_and(|it| it.last_used_at > used);
    !is_live(row, now) || used.is_none() || moved_on()
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

/// Ends it before the deadline: the old credential is refused from the next request on. A rotation
/// that has ended stays as it is.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when there is no rotation.
pub async fn finish(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<credential::Model> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    in_transaction!(cx.app.db, transaction => {
        let (_, row) = lock_to_change(transaction, cx, &row).await?;
        match state(&row, cx.now()) {
            Some(State::Overlapping) => {}
            Some(State::Retired) => return Ok(row),
            None => return Err(none_there()),
        }
        let revision = row.revision + 1;
        let mut row: credential::ActiveModel = row.into();
        row.retires_at = Set(Some(cx.now()));
        row.revision = Set(revision);
        let row = row.update(transaction).await?;
        audit::record(transaction, cx, event(&row, "credential.retire")).await?;
        Ok(row)
    })
}

/// Takes it back before the deadline: the new credential is deleted, and the old one stays.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when there is no rotation or it has ended, or, without
/// `force`, when the new credential was used within 24 hours.
pub async fn cancel(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
    force: bool,
) -> Result<credential::Model> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    cx.permit(Permission::CredentialsDelete, &row)?;
    in_transaction!(cx.app.db, transaction => {
        let (_, row) = lock_to_change(transaction, cx, &row).await?;
        match (state(&row, cx.now()), &row.replaced_by) {
            (Some(State::Overlapping), Some(successor)) => {
                let successor = lock(transaction, organization, successor).await?;
                if is_in_use(&successor, cx.now()) && !force {
                    let why = "the new credential was used within 24 hours; say force: true to delete it";
                    return Err(Error::Conflict(why.to_owned()));
                }
                remove(transaction, cx, &successor).await?;
                lock(transaction, organization, id).await
            }
            (Some(_), _) => Err(Error::Conflict("the old credential has retired".to_owned())),
            (None, _) => Err(none_there()),
        }
    })
}

/// What `gone` was to replace stays: its rotation is cancelled.
pub(super) async fn cancel_those_to(
    on: &impl ConnectionTrait,
    cx: &Cx,
    gone: &credential::Model,
) -> Result<()> {
    use credential::Column::{
        ReplacedBy, RetiresAt, RotationBeganAt, ServiceAccountId, TokensBeforeRotation,
    };
    let cleared = [RotationBeganAt, RetiresAt, ReplacedBy, TokensBeforeRotation];
    let mut update = credential::Entity::update_in_org(&gone.organization_id)
        .filter(ServiceAccountId.eq(gone.service_account_id.clone()))
        .filter(ReplacedBy.eq(gone.id.clone()))
        .filter(RetiresAt.into_expr().gt(cx.now()));
    for column in cleared {
        update = update.col_expr(column, Expr::null());
    }
    if update.exec(on).await?.rows_affected > 0 {
        audit::record(on, cx, event(gone, "credential.cancel_rotation")).await?;
    }
    Ok(())
}

fn none_there() -> Error {
    Error::Conflict("it is not being replaced".to_owned())
}
