//! The maximum number of credentials of a service account.

use entity::{CredentialId, credential, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::delete::delete_row;
use crate::context::OpContext;
use crate::domain::access::credential_bounds;
use crate::error::{Error, Reason, Result};

/// Rejects a credential beyond the maximum number of an account, which must be locked. At the
/// maximum, the credential that retired first is deleted and its id returned: it never authenticates
/// again.
pub(super) async fn permit_one_more(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
) -> Result<Option<CredentialId>> {
    let limit = op.app.config.organizations.credentials_per_account;
    if credential_bounds::rows(account).count(on).await? < limit {
        return Ok(None);
    }
    let retired = credential_bounds::rows(account)
        .filter(credential::Column::RetiresAt.lte(op.now()))
        .order_by_asc(credential::Column::RetiresAt);
    if let Some(row) = retired.one(on).await? {
        delete_row(on, op, &row).await?;
        return Ok(Some(row.id));
    }
    let message = format!("a service account has at most {limit} credentials");
    Err(Error::conflict(Reason::LimitReached, message))
}
