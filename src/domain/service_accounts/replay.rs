//! Replays of creates with an idempotency key.

use entity::{OrganizationId, service_account};

use super::new_account::NewAccount;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::accounts::select;
use crate::domain::idempotency::{self, StoredResult};
use crate::error::Result;

/// Hides later changes of a replayed account from a caller who may not read it.
pub(super) fn as_created(
    op: &OpContext,
    row: service_account::Model,
    new: NewAccount,
) -> service_account::Model {
    if op.may(Permission::ServiceAccountsRead, &row) {
        return row;
    }
    service_account::Model {
        name: new.name,
        description: new.description,
        external_id: new.external_id,
        updated_at: row.created_at,
        disabled_at: None,
        disabled_by: None,
        not_before: None,
        ..row
    }
}

/// The current account that an earlier request with the same key created.
pub(super) async fn replayed(
    op: &OpContext,
    organization: &OrganizationId,
    stored: &StoredResult,
) -> Result<service_account::Model> {
    let row = select(organization, &stored.id()?).one(op.db()).await?;
    row.ok_or_else(idempotency::deleted)
}
