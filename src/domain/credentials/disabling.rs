//! Disabling and enabling of credentials.

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition};

use super::lock::LockedAccount;
use super::{event, fetch_for};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::bulk::Run;
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::Result;
use crate::store::in_transaction;

/// Disables it: from the next request on, it and its tokens are rejected everywhere, until it is
/// enabled again.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last active credential of the last admin.
pub async fn disable(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    let now = Some(op.now());
    Ok(set_disabled(op, organization, account, id, now, Run::Commit).await?.0)
}

/// Enables it again. If it has expired or retired, it stays so: this only takes back a `disable`.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn enable(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
) -> Result<credential::Model> {
    Ok(set_disabled(op, organization, account, id, None, Run::Commit).await?.0)
}

/// Disables it at `disabled_at`, or enables it. Repetitions change nothing. Returns the credential, and
/// whether it was not in that state before; a dry run returns it as it was.
pub(super) async fn set_disabled(
    op: &OpContext,
    organization: &OrganizationId,
    account: Option<&ServiceAccountId>,
    id: &CredentialId,
    disabled_at: Option<DateTime<Utc>>,
    run: Run<'_, CredentialId>,
) -> Result<(credential::Model, bool)> {
    let permission = Permission::CredentialsUpdate;
    let row = fetch_for(op, permission, organization, account, id).await?;
    let disabled_by = op.client().ok().map(|client| client.service_account.clone());
    in_transaction!(op.app.db, transaction => {
        if disabled_at.is_some() {
            locks::organization(transaction, organization).await?;
        }
        let (_, before) = LockedAccount::lock(transaction, op, permission, &row).await?;
        if disabled_at.is_some() {
            let among = credential::Column::Id.is_not_in(run.assumed().to_vec());
            let (loss, among) = (Loss::Expiring(id, None), Condition::all().add(among));
            last_admin::ensure_remains_among(transaction, op, organization, loss, among).await?;
        }
        if before.disabled_at.is_some() == disabled_at.is_some() {
            return Ok((before, false));
        }
        if run.is_dry() {
            return Ok((before, true));
        }
        let mut row: credential::ActiveModel = before.clone().into();
        row.disabled_at = Set(disabled_at);
        row.disabled_by = Set(disabled_by.clone().filter(|_| disabled_at.is_some()));
        row.revision = Set(before.revision + 1);
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await?;
        let disabled = disabled_at.is_some();
        let action = if disabled { EventType::CredentialDisable } else { EventType::CredentialEnable };
        let event = event(&after, action).changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok((after, true))
    })
}
