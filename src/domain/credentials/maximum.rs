//! The maximum number of credentials of a service account.

use entity::{CredentialId, service_account};
use sea_orm::{ConnectionTrait, PaginatorTrait};

use super::delete::delete_row;
use crate::auth::status::has_ended;
use crate::authz::CredentialBounds;
use crate::context::OpContext;
use crate::domain::access::credential_bounds;
use crate::error::{Error, Reason, Result};

/// Rejects a credential beyond the maximum number of an account, which must be locked. At the
/// maximum, the credential that retired first is deleted and its id returned: it never authenticates
/// again. One whose deletion would cancel a rotation is kept.
pub(super) async fn permit_one_more(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
) -> Result<Option<CredentialId>> {
    let limit = op.app.config.organizations.credentials_per_account;
    if credential_bounds::rows(account).count(on).await? < limit {
        return Ok(None);
    }
    let all = credential_bounds::rows(account).all(on).await?;
    let bounds = CredentialBounds::of_account(&all, op.now());
    let retired = all
        .iter()
        .zip(&bounds)
        .filter(|(row, bounds)| has_ended(row.retires_at, op.now()) && !bounds.restores());
    if let Some((row, _)) = retired.min_by_key(|(row, _)| row.retires_at) {
        delete_row(on, op, row).await?;
        return Ok(Some(row.id.clone()));
    }
    let message = format!("a service account has at most {limit} credentials");
    Err(Error::conflict(Reason::LimitReached, message))
}
