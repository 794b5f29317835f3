//! Credentials: the client ids of service accounts, each with a secret or a public key.

mod assertion;
mod client_key;
mod life;
pub mod limits;
mod lists;
mod live;
mod mint;
mod proof;
mod refused;
pub mod rotation;
mod used;
mod verified;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

pub use assertion::{Assertion, Flaw, authenticate_by_assertion, forget_assertions};
pub use client_key::ClientAlgorithm;
pub(super) use life::lock_all;
pub use life::{disable, enable, is_in_use, is_live};
pub use lists::{Detail, by_ids, list, of_accounts, page, permit_list};
pub use live::{Live, LookUps, Proof, live, live_by_token, look_ups};
pub use mint::{Minted, New, create};
pub(super) use mint::{insert, permit_acting_as, prepare};
pub use proof::{authenticate, recall};
pub use refused::Refusals;
pub use used::{Source, Uses, mark_used, uses};
pub use verified::Verified;

use super::audit::{self, Event};
use super::service_accounts;
use super::text;
use crate::authz::{Permission, Resource};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::store::in_transaction;

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
    cx.permit(permission, row)
}

/// A change to a credential; what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    /// Name and description.
    pub text: text::Change,
    /// When it ends by itself; none inside: it does not.
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// What narrows it; none inside: nothing does.
    pub limits: Option<Option<limits::Wanted>>,
}

impl Change {
    /// Whether it lets the credential prove more, or longer, or less.
    fn is_of_proof(&self) -> bool {
        self.expires_at.is_some() || self.limits.is_some()
    }
}

/// Changes it. When it ends and what narrows it is changed by a caller who holds what its service
/// account holds.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`, or what the database answers.
pub async fn update(
    cx: &Cx,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    change: Change,
) -> Result<credential::Model> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(cx, permission, organization, account, id).await?;
    let of_proof = change.is_of_proof();
    let text = change.text.check()?;
    let expires_at = match change.expires_at {
        Some(Some(at)) => Some(Some(life::end(cx, at)?)),
        unset => unset,
    };
    let limits = change.limits.map(|it| it.unwrap_or_default().check()).transpose()?;
    in_transaction!(cx.app.db, transaction => {
        let row = if of_proof {
            let (account, row) = life::lock_to_change(transaction, cx, &row).await?;
            if let Some(limits) = &limits {
                limits::permit(transaction, cx, &account, limits).await?;
                limits::permit_handing_out(transaction, cx, limits).await?;
            }
            row
        } else {
            lock(transaction, organization, id).await?
        };
        if text.is_empty() && !of_proof {
            return Ok(row);
        }
        let revision = row.revision + i32::from(of_proof);
        let mut row: credential::ActiveModel = row.into();
        row.revision = Set(revision);
        if let Some(name) = &text.name {
            row.name = Set(name.clone());
        }
        if let Some(description) = &text.description {
            row.description = Set(description.clone());
        }
        if let Some(limits) = &limits {
            row.limits = Set(limits.to_keep()?);
        }
        if let Some(expires_at) = expires_at {
            row.expires_at = Set(expires_at);
        }
        let row = row.update(transaction).await?;
        audit::record(transaction, cx, event(&row, "credential.update")).await?;
        Ok(row)
    })
}

/// Deletes it: from the next request on, it and its tokens are refused everywhere. What it was to
/// replace stays.
///
/// # Errors
/// `NotFound`, `Forbidden`; without `force`, `Conflict` for the last live credential of an account
/// that used it within 24 hours.
pub async fn delete(
    cx: &Cx,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    force: bool,
) -> Result<()> {
    let permission = Permission::CredentialsDelete;
    let row = fetch_for(cx, permission, organization, account, id).await?;
    in_transaction!(cx.app.db, transaction => {
        let account =
            service_accounts::lock(transaction, organization, &row.service_account_id).await?;
        let all = lock_all(transaction, &account).await?;
        if !force {
            life::keep_one_in_use(&all, id, cx.now())?;
        }
        remove(transaction, cx, &life::find(all, id)?).await
    })
}

/// Deletes the row; what it was to replace stays.
async fn remove(on: &impl ConnectionTrait, cx: &Cx, row: &credential::Model) -> Result<()> {
    credential::Entity::delete_in_org(&row.organization_id)
        .filter(credential::Column::Id.eq(row.id.clone()))
        .exec(on)
        .await?;
    audit::record(on, cx, event(row, "credential.delete")).await?;
    rotation::cancel_those_to(on, cx, row).await
}

async fn lock(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<credential::Model> {
    select(organization, id).lock_exclusive().one(on).await?.ok_or_else(not_found)
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
    Event { organization: &row.organization_id, action, target: row.id.as_str(), detail: None }
}
