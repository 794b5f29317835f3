//! The number of credentials by status.

use entity::{OrganizationId, credential};
use sea_orm::FromQueryResult;

use super::CredentialFilter;
use super::find::select;
use crate::auth::status::CredentialStatus;
use crate::context::OpContext;
use crate::domain::counts;
use crate::error::Result;

/// The number of credentials by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct CredentialCounts {
    /// All of them.
    pub total: i64,
    /// Those that are active and not being replaced.
    pub active: i64,
    /// Those that are being replaced and still authenticate.
    pub retiring: i64,
    /// Those that are disabled.
    pub disabled: i64,
    /// Those whose service account is disabled.
    pub account_disabled: i64,
    /// Those that have expired.
    pub expired: i64,
    /// Those that have retired at the end of a rotation.
    pub retired: i64,
}

/// Counts the credentials of an organization that match a filter, by their status, in one statement.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter), or the database does not respond.
pub async fn counts(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &CredentialFilter,
) -> Result<CredentialCounts> {
    let now = op.now();
    let rows = select(op, organization, filter)?;
    let statuses = CredentialStatus::ALL.iter().map(|it| (it.name(), it.condition(now)));
    counts::by_status(op.db(), rows, credential::Column::Id, statuses).await
}
