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
use super::responses::{CommonErrors, conflicts, forbidden, invalid};
use super::schemas;
use super::timestamp::Timestamp;
use crate::context::OpContext;
use crate::domain::organizations::{self, Change};
use crate::error::Error;

/// A tenant: every resource belongs to one organization and is visible only there.
#[derive(Serialize, ToSchema)]
pub struct Organization {
    /// Id of the organization.
    #[schema(value_type = String, pattern = "^o[a-z0-9]{25}$", example = "o5x1c9m2w7f0k3t8q4z6v1n0bd")]
    id: OrganizationId,
    /// Label of the organization, a lower-case DNS label that can be used in place of the id.
    #[schema(example = "acme")]
    label: String,
    /// Display name of the resource.
    #[schema(example = "Acme")]
    name: String,
    /// Single sign-on for people. Always false: it is not supported.
    #[schema(example = false)]
    sso_enabled: bool,
    /// Time of creation.
    created_at: Timestamp,
    /// Time of the last change. Counts changes to the name and the label.
    updated_at: Timestamp,
    /// Permissions of the caller on the resource or list. Absent without `expand=permissions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<OrganizationPermissions>,
}

impl Organization {
    /// The view of a row, with the permissions of the caller if requested.
    pub fn of(op: &OpContext, row: organization::Model, expand: Expand) -> Self {
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

/// A change to an organization. Absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "name": "Acme", "label": "acme" }))]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    #[serde(default)]
    #[schema(schema_with = schemas::name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = schemas::label)]
    label: Patch<String>,
}

/// List the organizations
///
/// A page of the organizations that the caller may read, in order of creation, oldest first.
#[utoipa::path(
    get, path = "/organizations", tag = "Organizations",
    params(PageParams, Expand),
    responses((status = 200, description = "A page of organizations.", body = OrganizationList), CommonErrors, invalid::PageQuery),
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
///
/// Returns one organization, by its id or its label.
#[utoipa::path(
    get, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath, Expand),
    responses((status = 200, description = "The requested organization.", body = Organization), CommonErrors, OrganizationPath, invalid::ExpandQuery),
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
/// Changes the name or the label of an organization. Absent members keep their values. Members that only
/// the server sets are ignored; unknown members are rejected.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath),
    request_body = UpdateOrganization,
    responses((status = 200, description = "The updated organization.", body = Organization), CommonErrors, OrganizationPath, forbidden::OrganizationsUpdate, invalid::NameBody, conflicts::LabelTaken),
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
