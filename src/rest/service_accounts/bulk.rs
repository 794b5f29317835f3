//! Disabling and enabling several service accounts at once.

mod filter;

use axum::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::context::OpContext;
use crate::domain::service_accounts::ServiceAccountFilter as Filter;
use crate::domain::{organizations, service_accounts};
use crate::rest::body::Body;
use crate::rest::bulk::{self, BulkReport};
use crate::rest::error::Result;
use crate::rest::paths::OrganizationPath;
use crate::rest::responses::{CommonErrors, forbidden, invalid};
use filter::ServiceAccountsFilter;

/// The service accounts of a bulk operation: either `ids` or `filter`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "ids": ["sti0xl3pdebmarw96xyp2a9517"], "dry_run": true }))]
#[serde(deny_unknown_fields)]
pub struct BulkServiceAccounts {
    /// Ids of the resources: 1 to 100, processed in their order; repetitions count once. Excludes
    /// `filter`.
    #[schema(min_items = 1, max_items = 100, example = json!(["sti0xl3pdebmarw96xyp2a9517"]))]
    ids: Option<Vec<String>>,
    /// Filter of the service accounts: the first 100 in order of creation that match and are not in the requested
    /// state yet. Excludes `ids`.
    filter: Option<ServiceAccountsFilter>,
    /// Report of the results without any change. Absent or null: false.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

/// Disable several service accounts
///
/// Disables up to 100 service accounts, each as the single operation does: in a transaction of its own, with an audit
/// event of its own. One that is rejected does not stop the others; the response has a result for each.
/// With `dry_run`, nothing is changed. `POST …/service-accounts/enable` undoes it.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/disable", tag = "Service accounts",
    params(OrganizationPath),
    request_body = BulkServiceAccounts,
    responses((status = 200, description = "The result for each of the service accounts.", body = BulkReport), CommonErrors, OrganizationPath, forbidden::ServiceAccountsUpdate, invalid::BulkBody),
)]
pub async fn disable_service_accounts(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<BulkServiceAccounts>,
) -> Result<Json<BulkReport>> {
    switch(&op, &at, body, true).await
}

/// Enable several service accounts
///
/// Enables up to 100 service accounts, each as the single operation does: in a transaction of its own, with an audit
/// event of its own. One that is rejected does not stop the others; the response has a result for each.
/// With `dry_run`, nothing is changed. Undoes `POST …/service-accounts/disable`.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/service-accounts/enable", tag = "Service accounts",
    params(OrganizationPath),
    request_body = BulkServiceAccounts,
    responses((status = 200, description = "The result for each of the service accounts.", body = BulkReport), CommonErrors, OrganizationPath, forbidden::ServiceAccountsUpdate, invalid::BulkBody),
)]
pub async fn enable_service_accounts(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<BulkServiceAccounts>,
) -> Result<Json<BulkReport>> {
    switch(&op, &at, body, false).await
}

async fn switch(
    op: &OpContext,
    at: &OrganizationPath,
    body: BulkServiceAccounts,
    disable: bool,
) -> Result<Json<BulkReport>> {
    let organization = organizations::resolve(op, &at.organization_id)?;
    let filter = body.filter.map(Filter::try_from).transpose()?;
    let request = bulk::request(body.ids, filter, body.dry_run)?;
    let dry_run = request.dry_run;
    let report = service_accounts::switch_all(op, organization, request, disable).await?;
    Ok(Json(BulkReport::of(report, dry_run)))
}
