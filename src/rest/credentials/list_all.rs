//! The credentials of all service accounts of an organization.

use std::collections::HashMap;

use axum::Json;

use super::selection::{CredentialOrderParams, CredentialParams, Selection};
use super::views::{Credential, OrganizationCredential, OrganizationCredentialList};
use super::{permissions_of, replaced_by};
use crate::context::OpContext;
use crate::domain::access::escalation;
use crate::domain::{credentials, organizations};
use crate::rest::error::Result;
use crate::rest::list::{Expand, ListQuery, PageInfo, PageParams, as_parameters};
use crate::rest::paths::OrganizationPath;
use crate::rest::permissions::CredentialPermissions;
use crate::rest::responses::{CommonErrors, forbidden, invalid};

/// List the credentials of an organization
///
/// A page of the credentials of all service accounts of the organization, in order of creation unless
/// `order_by` is given. A cursor is valid with the filter and the order that it was returned with.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/credentials", tag = "Credentials",
    params(OrganizationPath, PageParams, CredentialParams, CredentialOrderParams, Expand),
    responses((status = 200, description = "A page of credentials.", body = OrganizationCredentialList), CommonErrors, OrganizationPath, forbidden::CredentialsList, invalid::PageQuery),
)]
pub async fn list_organization_credentials(
    op: OpContext,
    at: OrganizationPath,
    query: ListQuery,
    Selection(selection): Selection,
) -> Result<Json<OrganizationCredentialList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let page = credentials::list_all(&op, organization, &selection, &query.page).await;
    let page = page.map_err(as_parameters)?;
    let mut facts = HashMap::new();
    if query.expand.permissions {
        let mut ids: Vec<_> = page.items.iter().map(|it| it.service_account_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        facts = escalation::access_of_accounts(op.db(), &op, organization, &ids).await?;
    }
    let replaced = replaced_by(&op, organization, query.expand, &page.items).await?;
    let page_info = PageInfo::from(&page);
    let item = |row: entity::credential::Model| {
        let account = row.service_account_id.clone();
        let known = facts.get(&account).cloned().unwrap_or_default();
        let permissions = query.expand.permissions.then(|| permissions_of(&op, &row, &known));
        let credential = Credential::expanded(&op, row, query.expand, &replaced, permissions)?;
        Ok(OrganizationCredential { service_account_id: account, credential })
    };
    let items = page.items.into_iter().map(item).collect::<crate::error::Result<_>>()?;
    let of_list = || CredentialPermissions::of(&op, organization);
    let permissions = query.expand.permissions.then(of_list);
    Ok(Json(OrganizationCredentialList { items, page_info, permissions }))
}
