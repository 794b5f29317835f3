//! Revocation of all tokens of a credential.

use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::lock::LockedAccount;
use super::{event, fetch_for};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::error::Result;
use crate::store::in_transaction;

/// Revokes all tokens that were issued to a credential so far. It stays active and can get new ones.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn revoke_tokens(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    in_transaction!(op.app.db, transaction => {
        let (_, before) = LockedAccount::lock(transaction, op, permission, &row).await?;
        let mut row: credential::ActiveModel = before.clone().into();
        row.not_before = Set(Some(op.now()));
        row.token_generation = Set(before.token_generation + 1);
        row.revision = Set(before.revision + 1);
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await?;
        let event = event(&after, EventType::CredentialRevokeTokens);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })
}
