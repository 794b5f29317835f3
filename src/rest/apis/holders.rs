//! The service accounts that hold scopes of an API.

use axum::Json;
use entity::{ServiceAccountId, api, api_grant};
use serde::Serialize;
use utoipa::ToSchema;

use super::selection::{ApiGrantParams, GrantSelection};
use crate::authz::Scopes;
use crate::context::OpContext;
use crate::domain::{apis, organizations};
use crate::rest::error::Result;
use crate::rest::list::{Expand, ListQuery, PageInfo, PageParams, as_parameters, list};
use crate::rest::paths::ApiPath;
use crate::rest::permissions::OrganizationPermissions;
use crate::rest::responses::{CommonErrors, forbidden, invalid};
use crate::rest::timestamp::Timestamp;

/// A service account that holds scopes of an API.
#[derive(Serialize, ToSchema)]
pub struct ApiGrantHolder {
    /// Id of the service account.
    #[schema(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    service_account_id: ServiceAccountId,
    /// Scopes of the API that are granted to the service account.
    #[schema(example = json!(["orders:read"]))]
    scopes: Vec<String>,
    /// Time of creation. Later grants of further scopes do not change it.
    created_at: Timestamp,
}

impl ApiGrantHolder {
    fn of(row: api_grant::Model, api: &api::Model) -> Self {
        let scopes = Scopes::split(&row.scopes).intersection(&Scopes::split(&api.scopes));
        Self {
            service_account_id: row.service_account_id,
            scopes: scopes.iter().map(str::to_owned).collect(),
            created_at: Timestamp(row.created_at),
        }
    }
}

list! {
    /// A page of the service accounts that hold scopes of an API.
    ApiGrantHolderList of ApiGrantHolder, OrganizationPermissions
}

/// List the holders of scopes of an API
///
/// A page of the service accounts that hold scopes of the API, in the order in which they were first
/// granted one unless `direction` is given. Also requires `service_accounts:read`.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/apis/{api_id}/grants", tag = "APIs",
    params(ApiPath, PageParams, ApiGrantParams, Expand),
    responses((status = 200, description = "A page of holders.", body = ApiGrantHolderList), CommonErrors, ApiPath, forbidden::RolesList, invalid::PageQuery),
)]
pub async fn list_api_holders(
    op: OpContext,
    at: ApiPath,
    query: ListQuery,
    GrantSelection(selection): GrantSelection,
) -> Result<Json<ApiGrantHolderList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let api = super::read(&op, at.api_id).await?;
    let page = apis::grants_of_api(&op, &api, &selection, &query.page).await;
    let page = page.map_err(as_parameters)?;
    let page_info = PageInfo::from(&page);
    let items = page.items.into_iter().map(|row| ApiGrantHolder::of(row, &api)).collect();
    let permissions = || OrganizationPermissions::of(&op, organization);
    let permissions = query.expand.permissions.then(permissions);
    Ok(Json(ApiGrantHolderList { items, page_info, permissions }))
}
