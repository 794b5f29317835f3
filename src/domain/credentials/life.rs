//! Whether a credential is live, and what ends it for a while or for good.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, QueryOrder, QuerySelect};

use super::{event, fetch_for, limits, not_found, of_account, permit_acting_as};
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::{audit, service_accounts};
use crate::error::{Error, Result};
use crate::store::in_transaction;

/// How long ago a credential that is in use may have been used.
const IN_USE: TimeDelta = TimeDelta::hours(24);

/// When a credential ends by itself, which must be still to come.
///
/// # Errors
/// `Invalid`.
pub(super) fn end(cx: &Cx, at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    // As both databases keep it: without leap seconds, and no finer.
    match DateTime::from_timestamp_micros(at.timestamp_micros()) {
        Some(at) if at.year() > 9_999 => {
            Err(Error::invalid("expiresAt", "must be before the year 10000"))
        }
        Some(at) if at > cx.now() => Ok(at),
        _ => Err(Error::invalid("expiresAt", "must be later than now")),
    }
}

/// Whether it proves anything at `now`.
#[must_use]
pub fn is_live(row: &credential::Model, now: DateTime<Utc>) -> bool {
    !row.suspended && row.disabled_at.is_none() && row.ends_at().is_none_or(|end| end > now)
}

/// Whether a token was issued to it within the last 24 hours.
#[must_use]
pub fn is_in_use(row: &credential::Model, now: DateTime<Utc>) -> bool {
    row.last_used_at.is_some_and(|used| used > now - IN_USE)
}

/// Refuses to take away the last live one of `all` credentials of an account while it is in use.
pub(super) fn keep_one_in_use(
    all: &[credential::Model],
    id: &CredentialId,
    now: DateTime<Utc>,
) -> Result<()> {
    let is_it = |row: &&credential::Model| row.id == *id;
    let in_use = all.iter().find(is_it).is_some_and(|row| is_live(row, now) && is_in_use(row, now));
    if !in_use || all.iter().any(|row| row.id != *id && is_live(row, now)) {
        return Ok(());
    }
    Err(Error::Conflict(
        "this is the last live credential of its service account, and was used within 24 hours; say force: true to delete it"
            .to_owned(),
    ))
}

/// Disables it: from the next request on, it and its tokens are refused everywhere, until it is
/// enabled again. The caller must hold what its service account holds.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn disable(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<credential::Model> {
    switch(cx, organization, id, Some(cx.now())).await
}

/// Enables it again.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn enable(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<credential::Model> {
    switch(cx, organization, id, None).await
}

/// Disables it at an instant, or enables it; what is so already stays as it is.
async fn switch(
    cx: &Cx,
    organization: &OrganizationId,
    id: &CredentialId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<credential::Model> {
    let row = fetch_for(cx, Permission::CredentialsUpdate, organization, None, id).await?;
    let disabled_by = cx.client().ok().map(|client| client.service_account.clone());
    in_transaction!(cx.app.db, transaction => {
        let (_, row) = lock_to_change(transaction, cx, &row).await?;
        if row.disabled_at.is_some() == disabled_at.is_some() {
            return Ok(row);
        }
        let revision = row.revision + 1;
        let mut row: credential::ActiveModel = row.into();
        row.disabled_at = Set(disabled_at);
        row.disabled_by = Set(disabled_by.clone().filter(|_| disabled_at.is_some()));
        row.revision = Set(revision);
        let row = row.update(transaction).await?;
        let disabled = disabled_at.is_some();
        let action = if disabled { "credential.disable" } else { "credential.enable" };
        audit::record(transaction, cx, event(&row, action)).await?;
        Ok(row)
    })
}

/// Locks a credential with all others of its account, and before them the account, which the caller
/// must be able to act as; what narrows the caller must not narrow it more.
pub(super) async fn lock_to_change(
    on: &impl ConnectionTrait,
    cx: &Cx,
    row: &credential::Model,
) -> Result<(service_account::Model, credential::Model)> {
    let organization = &row.organization_id;
    let account = service_accounts::lock(on, organization, &row.service_account_id).await?;
    permit_acting_as(on, cx, &account).await?;
    let row = find(lock_all(on, &account).await?, &row.id)?;
    limits::permit_handing_out(on, cx, &limits::of(&row)?).await?;
    Ok((account, row))
}

/// Locks all credentials of an account, which must be locked: in the order of their ids, as the trace
/// of uses does, so that they do not dead-lock.
pub(in crate::domain) async fn lock_all(
    on: &impl ConnectionTrait,
    account: &service_account::Model,
) -> Result<Vec<credential::Model>> {
    let all = of_account(account).order_by_asc(credential::Column::Id);
    Ok(all.lock_exclusive().all(on).await?)
}

/// The one of them that is meant.
pub(super) fn find(all: Vec<credential::Model>, id: &CredentialId) -> Result<credential::Model> {
    all.into_iter().find(|row| row.id == *id).ok_or_else(not_found)
}
