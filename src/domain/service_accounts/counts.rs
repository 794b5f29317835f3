//! The number of service accounts by status.

use entity::{OrganizationId, service_account};
use sea_orm::FromQueryResult;

use super::ServiceAccountFilter;
use super::list::select;
use crate::auth::status::ServiceAccountStatus;
use crate::context::OpContext;
use crate::domain::counts;
use crate::error::Result;

/// The number of service accounts by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ServiceAccountCounts {
    /// All of them.
    pub total: i64,
    /// Those that are enabled.
    pub active: i64,
    /// Those that are disabled.
    pub disabled: i64,
}

/// Counts the service accounts of an organization that match a filter, by their status, in one statement.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter), or the database does not respond.
pub async fn counts(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
) -> Result<ServiceAccountCounts> {
    let rows = select(op, organization, filter)?;
    let statuses = ServiceAccountStatus::ALL.iter().map(|it| (it.name(), it.condition()));
    counts::by_status(op.db(), rows, service_account::Column::Id, statuses).await
}
