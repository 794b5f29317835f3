//! Credentials: the client ids of service accounts, each with a secret or a public key.

mod assertion;
mod auth_failure;
mod client_key;
mod create;
mod delete;
mod disabling;
mod lists;
mod live;
mod lock;
mod proof;
mod refused;
mod restrictions;
mod revocation;
pub mod rotation;
mod update;
mod used;
mod verified;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

pub use assertion::{
    Assertion, Flaw, SingleUses, authenticate_by_assertion, forget_assertions, recall_by_assertion,
    single_uses,
};
pub use auth_failure::AuthFailure;
pub use client_key::ClientAlgorithm;
pub use create::{Minted, New, create};
pub(super) use create::{check, insert, prepare};
pub use delete::delete;
pub use disabling::{disable, enable};
pub use lists::{Detail, bounds_of_accounts, by_ids, list, of_accounts, page, permit_list};
pub use live::{Live, LookUps, Proof, live_by_token, look_up, look_ups};
pub use proof::{authenticate, recall};
pub use refused::Refusals;
pub use restrictions::{Wanted, WantedChange};
pub use revocation::revoke_tokens;
pub use update::{Change, update};
pub use used::{Source, Uses, mark_used, uses};
pub use verified::Verified;

use super::audit::{Event, Target};
use super::strength;
use crate::authz::{Bounds, Permission, Resource};
use crate::cx::Cx;
use crate::error::{Error, Result};

/// A credential that was used this long ago, or less, is in use.
const IN_USE: TimeDelta = TimeDelta::hours(24);

/// The credential, if the caller may do `permission` to it; of `account`, where one is named.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn fetch_for(
    cx: &Cx,
    permission: Permission,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    let row = select(organization, id).one(cx.db()).await?.ok_or_else(not_found)?;
    if account.is_some_and(|account| row.service_account_id != *account) {
        return Err(not_found());
    }
    if permission.changes() {
        strength::permit_credential(cx.db(), cx, permission, &row).await?;
        return Ok(row);
    }
    cx.permit(permission, row)
}

/// Rejects a grant to an account that has a credential less restricted than the caller's own; the
/// account must be locked.
pub(super) async fn permit_grant_to(
    on: &impl ConnectionTrait,
    cx: &Cx,
    account: &service_account::Model,
) -> Result<()> {
    if !cx.actor.is_bounded() {
        return Ok(());
    }
    let all = of_account(account).all(on).await?;
    let bounds: Vec<_> = all.iter().map(Bounds::of).collect();
    cx.permit_bounds(Permission::RolesGrant, bounds.iter().map(Option::as_ref))
}

/// Whether a token was issued to it within the last 24 hours.
#[must_use]
pub fn is_in_use(row: &credential::Model, now: DateTime<Utc>) -> bool {
    row.last_used_at.is_some_and(|used| used > now - IN_USE)
}

/// When a credential expires, which must be in the future.
///
/// # Errors
/// `Invalid`.
fn expiry(cx: &Cx, at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    // As both databases store it: without leap seconds, and no finer.
    match DateTime::from_timestamp_micros(at.timestamp_micros()) {
        Some(at) if at.year() > 9_999 => {
            Err(Error::invalid("expires_at", "must be before the year 10000"))
        }
        Some(at) if at > cx.now() => Ok(at),
        _ => Err(Error::invalid("expires_at", "must be in the future")),
    }
}

fn select(organization: &OrganizationId, id: &CredentialId) -> sea_orm::Select<credential::Entity> {
    credential::Entity::in_org(organization).filter(credential::Column::Id.eq(id.clone()))
}

/// The credentials of one account.
fn of_account(account: &service_account::Model) -> sea_orm::Select<credential::Entity> {
    credential::Entity::in_org(&account.organization_id)
        .filter(credential::Column::ServiceAccountId.eq(account.id.clone()))
}

fn not_found() -> Error {
    Error::NotFound(credential::Model::NOUN)
}

fn event<'a>(row: &'a credential::Model, action: &'static str) -> Event<'a> {
    let target = Target { kind: "credential", id: row.id.as_str(), name: Some(&row.name) };
    Event { organization: &row.organization_id, action, target, detail: None, changes: Vec::new() }
}
