//! Credentials: the client ids of service accounts, each with a secret or a public key.

mod address_rejection;
mod bulk;
mod counts;
mod create;
mod delete;
mod disabling;
mod filter;
mod find;
mod input;
mod insert;
mod list;
mod lock;
mod maximum;
mod predecessors;
mod replay;
mod restrictions;
mod revocation;
pub mod rotation;
mod update;
pub mod usage;
mod usage_subscription;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, TenantScoped, credential};
use sea_orm::{ColumnTrait, QueryFilter};

pub use address_rejection::report_address_rejection;
pub use bulk::switch_all;
pub use counts::{CredentialCounts, counts};
pub use create::create;
pub use delete::delete;
pub use disabling::{disable, enable};
pub use filter::CredentialFilter;
pub use find::{CredentialSelection, by_client_ids, count, ids_matching, list_all};
pub use input::CredentialInput;
pub(super) use input::validate;
pub use insert::CreatedCredential;
pub(super) use insert::{insert, prepare};
pub use list::{Detail, by_ids, list, of_accounts, own, own_restricted, page, restricted};
pub use predecessors::predecessors_of;
pub use restrictions::{RestrictionsInput, RestrictionsPatch};
pub use revocation::revoke_tokens;
pub use update::{Change, update};
pub use usage_subscription::UsageSubscription;

use super::access::escalation;
use super::audit::{Event, EventType, Target};
use crate::authz::{Permission, Resource};
use crate::context::OpContext;
use crate::error::{Error, Result};

/// A credential is in use for this time after its last usage.
const IN_USE: TimeDelta = TimeDelta::hours(24);

/// The credential, if the caller may do `permission` to it, and if it belongs to `account`, where one
/// is given.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn fetch_for(
    op: &OpContext,
    permission: Permission,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    let row = select(organization, id).one(op.db()).await?.ok_or_else(not_found)?;
    if account.is_some_and(|account| row.service_account_id != *account) {
        return Err(not_found());
    }
    if permission.changes() {
        escalation::permit_credential(op.db(), op, permission, &row).await?;
        return Ok(row);
    }
    op.permit(permission, row)
}

/// Whether a token was issued to it within the last 24 hours.
#[must_use]
pub fn is_in_use(row: &credential::Model, now: DateTime<Utc>) -> bool {
    row.last_used_at.is_some_and(|used| used > now - IN_USE)
}

/// Validates an expiry, which must be in the future.
///
/// # Errors
/// `Invalid`.
fn expiry(op: &OpContext, at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    // The precision of both databases: microseconds, without leap seconds.
    match DateTime::from_timestamp_micros(at.timestamp_micros()) {
        Some(at) if at.year() > 9_999 => {
            Err(Error::invalid("expires_at", "must be before the year 10000"))
        }
        Some(at) if at > op.now() => Ok(at),
        _ => Err(Error::invalid("expires_at", "must be in the future")),
    }
}

fn select(organization: &OrganizationId, id: &CredentialId) -> sea_orm::Select<credential::Entity> {
    credential::Entity::in_org(organization).filter(credential::Column::Id.eq(id.clone()))
}

fn not_found() -> Error {
    Error::NotFound(credential::Model::NOUN)
}

fn event<'a>(row: &'a credential::Model, action: EventType) -> Event<'a> {
    let target = Target { kind: "credential", id: row.id.as_str(), name: Some(&row.name) };
    Event::success(&row.organization_id, action, target)
}
