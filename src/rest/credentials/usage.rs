//! Usage of credentials by day.

mod query;
mod views;

use axum::Json;

use crate::context::OpContext;
use crate::domain::credentials::usage;
use crate::domain::organizations;
use crate::rest::error::Result;
use crate::rest::paths::CredentialPath;
use crate::rest::responses::{CommonErrors, invalid};
use query::{DayParams, DayQuery};
use views::CredentialUsage;

/// Get the usage of a credential by day
///
/// Returns the days in UTC on which access tokens were issued to the credential, in ascending order, with
/// the client addresses of each day. Days without tokens are left out. The usage is stored for 90 days
/// (setting `usage_retention_days`).
#[utoipa::path(
    get, path = "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/usage", tag = "Credentials",
    params(CredentialPath, DayParams),
    responses((status = 200, description = "The usage of the credential by day.", body = CredentialUsage), CommonErrors, CredentialPath, invalid::DayQuery),
)]
pub async fn get_credential_usage(
    op: OpContext,
    at: CredentialPath,
    query: DayQuery,
) -> Result<Json<CredentialUsage>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let (account, id) = (&at.service_account_id, &at.credential_id);
    let range = usage::DayRange::new(&op, query.from, query.to)?;
    let (days, sources) = usage::of_one(&op, organization, account, id, range).await?;
    Ok(Json(CredentialUsage::of(days, sources)))
}
