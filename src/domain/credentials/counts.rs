//! The number of credentials by status.

use entity::{OrganizationId, credential};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{FromQueryResult, QuerySelect};

use super::CredentialFilter;
use super::find::select;
use crate::auth::status::CredentialStatus;
use crate::context::OpContext;
use crate::error::{Error, Result};

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
    let mut rows = select(op, organization, filter)?
        .select_only()
        .column_as(Expr::col((credential::Entity, credential::Column::Id)).count(), "total");
    for status in CredentialStatus::ALL {
        let one = Expr::case(status.condition(now), Expr::value(1));
        rows = rows.column_as(Expr::expr(one).count(), status.name().to_ascii_lowercase());
    }
    let counts = rows.into_model::<CredentialCounts>().one(op.db()).await?;
    counts.ok_or_else(|| Error::internal("a count without a row"))
}
