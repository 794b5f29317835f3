//! The number of service accounts by status.

use entity::{OrganizationId, service_account};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{FromQueryResult, QuerySelect};

use super::ServiceAccountFilter;
use super::list::select;
use crate::auth::status::ServiceAccountStatus;
use crate::context::OpContext;
use crate::error::{Error, Result};

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
    let mut rows = select(op, organization, filter)?.select_only().column_as(
        Expr::col((service_account::Entity, service_account::Column::Id)).count(),
        "total",
    );
    for status in ServiceAccountStatus::ALL {
        let one = Expr::case(status.condition(), Expr::value(1));
        rows = rows.column_as(Expr::expr(one).count(), status.name().to_ascii_lowercase());
    }
    let counts = rows.into_model::<ServiceAccountCounts>().one(op.db()).await?;
    counts.ok_or_else(|| Error::internal("a count without a row"))
}
