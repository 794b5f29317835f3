//! Disabling and enabling several credentials at once.

mod filter;

use axum::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::context::OpContext;
use crate::domain::credentials::CredentialFilter as Filter;
use crate::domain::{credentials, organizations};
use crate::rest::body::Body;
use crate::rest::bulk::{self, BulkReport};
use crate::rest::error::Result;
use crate::rest::paths::OrganizationPath;
use crate::rest::responses::{CommonErrors, forbidden, invalid};
use filter::CredentialsFilter;

/// The credentials of a bulk operation: either `ids` or `filter`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "ids": ["c8k2v0q4mzt1x7h5nw3yb6jdrp"], "dry_run": true }))]
#[serde(deny_unknown_fields)]
pub struct BulkCredentials {
    /// Ids of the resources: 1 to 100, processed in their order; repetitions count once. Excludes
    /// `filter`.
    #[schema(min_items = 1, max_items = 100, example = json!(["c8k2v0q4mzt1x7h5nw3yb6jdrp"]))]
    ids: Option<Vec<String>>,
    /// Filter of the credentials: the first 100 in order of creation that match and are not in the requested
    /// state yet. Excludes `ids`.
    filter: Option<CredentialsFilter>,
    /// Report of the results without any change. Absent or null: false.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

/// Disable several credentials
///
/// Disables up to 100 credentials, each as the single operation does: in a transaction of its own, with an audit
/// event of its own. One that is rejected does not stop the others; the response has a result for each.
/// With `dry_run`, nothing is changed. `POST …/credentials/enable` undoes it.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/credentials/disable", tag = "Credentials",
    params(OrganizationPath),
    request_body = BulkCredentials,
    responses((status = 200, description = "The result for each of the credentials.", body = BulkReport), CommonErrors, OrganizationPath, forbidden::CredentialsUpdate, invalid::BulkBody),
)]
pub async fn disable_credentials(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<BulkCredentials>,
) -> Result<Json<BulkReport>> {
    switch(&op, &at, body, true).await
}

/// Enable several credentials
///
/// Enables up to 100 credentials, each as the single operation does: in a transaction of its own, with an audit
/// event of its own. One that is rejected does not stop the others; the response has a result for each.
/// With `dry_run`, nothing is changed. Undoes `POST …/credentials/disable`.
#[utoipa::path(
    post, path = "/organizations/{organization_id}/credentials/enable", tag = "Credentials",
    params(OrganizationPath),
    request_body = BulkCredentials,
    responses((status = 200, description = "The result for each of the credentials.", body = BulkReport), CommonErrors, OrganizationPath, forbidden::CredentialsUpdate, invalid::BulkBody),
)]
pub async fn enable_credentials(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<BulkCredentials>,
) -> Result<Json<BulkReport>> {
    switch(&op, &at, body, false).await
}

async fn switch(
    op: &OpContext,
    at: &OrganizationPath,
    body: BulkCredentials,
    disable: bool,
) -> Result<Json<BulkReport>> {
    let organization = organizations::resolve(op, &at.organization_id)?;
    let filter = body.filter.map(Filter::try_from).transpose()?;
    let request = bulk::request(body.ids, filter, body.dry_run)?;
    let dry_run = request.dry_run;
    let report = credentials::switch_all(op, organization, request, disable).await?;
    Ok(Json(BulkReport::of(report, dry_run)))
}
