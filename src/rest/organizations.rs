//! Organizations.

use std::sync::Arc;

use axum::Json;
use entity::{OrganizationId, organization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::error::Result;
use super::list::{Expand, ListQuery, PageInfo, PageParams, list};
use super::patch::Patch;
use super::paths::OrganizationPath;
use super::permissions::OrganizationPermissions;
use super::responses::{Refused, conflicts, forbidden, invalid};
use super::text;
use super::time::Timestamp;
use crate::context::OpContext;
use crate::domain::organizations::{self, Change};
use crate::error::Error;

/// A tenant: every resource belongs to one, and is invisible to all others.
#[derive(Serialize, ToSchema)]
pub struct Organization {
    /// Id of the organization.
    #[schema(value_type = String, pattern = "^o[a-z0-9]{25}$", example = "o5x1c9m2w7f0k3t8q4z6v1n0bd")]
    id: OrganizationId,
    /// Label: a lower-case DNS segment that can be used wherever the id can.
    #[schema(example = "acme")]
    label: String,
    /// Display name.
    #[schema(example = "Acme")]
    name: String,
    /// Single sign-on for people; not offered yet.
    #[schema(example = false)]
    sso_enabled: bool,
    /// Time of creation.
    created_at: Timestamp,
    /// Time of the last change to its name or label.
    updated_at: Timestamp,
    /// Permissions of the caller in it; with `expand=permissions` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<OrganizationPermissions>,
}

impl Organization {
    fn of(op: &OpContext, row: organization::Model, expand: Expand) -> Self {
        Self {
            permissions: expand.permissions.then(|| OrganizationPermissions::of(op, &row)),
            id: row.id,
            label: row.label,
            name: row.name,
            sso_enabled: false,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        }
    }
}

list! {
    /// A page of organizations.
    OrganizationList of Organization, OrganizationPermissions
}

/// A change to an organization; absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "name": "Acme", "label": "acme" }))]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = text::label)]
    label: Patch<String>,
}

/// List the organizations
///
/// Those that the caller may read, in order of creation.
#[utoipa::path(
    get, path = "/organizations", tag = "Organizations",
    params(PageParams, Expand),
    responses((status = 200, description = "A page of organizations.", body = OrganizationList), Refused, invalid::PageQuery),
)]
pub async fn list_organizations(op: OpContext, query: ListQuery) -> Result<Json<OrganizationList>> {
    let page = organizations::list(&op, &query.page)?.map(Arc::unwrap_or_clone);
    let page_info = PageInfo::from(&page);
    let items = page.items.into_iter().map(|row| Organization::of(&op, row, query.expand));
    let list = || Ok::<_, Error>(OrganizationPermissions::of(&op, op.tenant()?));
    let permissions = query.expand.permissions.then(list).transpose()?;
    Ok(Json(OrganizationList { items: items.collect(), page_info, permissions }))
}

/// Get an organization
#[utoipa::path(
    get, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath, Expand),
    responses((status = 200, description = "The organization.", body = Organization), Refused, OrganizationPath, invalid::ExpandQuery),
)]
pub async fn get_organization(
    op: OpContext,
    at: OrganizationPath,
    expand: Expand,
) -> Result<Json<Organization>> {
    let row = organizations::fetch(&op, &at.organization_id)?;
    Ok(Json(Organization::of(&op, Arc::unwrap_or_clone(row), expand)))
}

/// Update an organization
///
/// Absent members keep their values. Members that the server sets are ignored, unknown ones are
/// rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath),
    request_body = UpdateOrganization,
    responses((status = 200, description = "The organization after the change.", body = Organization), Refused, OrganizationPath, forbidden::OrganizationsUpdate, invalid::NameBody, conflicts::LabelTaken),
)]
pub async fn update_organization(
    op: OpContext,
    at: OrganizationPath,
    Body(body): Body<UpdateOrganization>,
) -> Result<Json<Organization>> {
    let change = Change { name: body.name.into(), label: body.label.into() };
    let row = organizations::update(&op, &at.organization_id, change).await?;
    Ok(Json(Organization::of(&op, row, Expand::default())))
}
