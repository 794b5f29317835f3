//! Creation of credentials.

use entity::{OrganizationId, ServiceAccountId};

use super::input::{CredentialInput, validate};
use super::insert::{CreatedCredential, insert, prepare};
use super::maximum::permit_one_more;
use super::replay::{as_created, replayed};
use super::restrictions;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::{accounts, escalation};
use crate::domain::idempotency::{Claim, IdempotencyKey};
use crate::domain::locks;
use crate::error::{Fields, Result};
use crate::store::in_transaction;

/// Creates a credential for a service account. With a `key`, retries create none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict`: the account has its maximum
/// number of credentials, the key was used with another request, or the credential that the first
/// request created was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    input: CredentialInput,
    key: Option<&IdempotencyKey>,
) -> Result<CreatedCredential> {
    let permission = Permission::CredentialsCreate;
    accounts::fetch_for(op, permission, organization, account).await?;
    let claim = Claim::new(op, key, ("credentials.create", account.as_str()), &input)?;
    let mut fields = Fields::default();
    fields.check(IdempotencyKey::check(key))?;
    let input = validate(op, input, fields)?;
    op.permit_bounds(permission, [Some(&input.bounds)])?;
    if let Some(created) = claim.replay(op).await? {
        return Ok(as_created(op, replayed(op, organization, &created).await?, &input));
    }
    let prepared = prepare(op, input).await?;
    let created = in_transaction!(op.app.db, transaction => {
        if !claim.acquire(transaction).await? {
            return Ok(None);
        }
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        restrictions::permit(transaction, op, &row, &prepared.input.requested).await?;
        let removed = permit_one_more(transaction, op, &row).await?;
        let created = CreatedCredential { removed, ..insert(transaction, op, &row, &prepared).await? };
        claim.store(transaction, op, &created.stored_result()).await?;
        Ok(Some(created))
    })?;
    match created {
        Some(created) => Ok(created),
        None => {
            let created = replayed(op, organization, &claim.replay_first(op).await?).await?;
            Ok(as_created(op, created, &prepared.input))
        }
    }
}
