//! Organizations.

use std::sync::Arc;

use axum::Json;
use chrono::{DateTime, Utc};
use entity::{OrganizationId, organization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::error::Result;
use super::extract::OrganizationPath;
use super::list::{Expand, ListQuery, PageParams, list};
use super::patch::Patch;
use super::permissions::OrganizationPermissions;
use super::responses::{BadBody, BadInput, Conflicting, Refused};
use super::text;
use crate::cx::Cx;
use crate::domain::organizations::{self, Change};

/// A tenant: everything belongs to one, and nothing of one is seen from another.
#[derive(Serialize, ToSchema)]
pub struct Organization {
    /// The id.
    #[schema(value_type = String, pattern = "^o[a-z0-9]{25}$", example = "o5x1c9m2w7f0k3t8q4z6v1n0bd")]
    id: OrganizationId,
    /// A lower-case DNS segment that names it wherever its id would.
    #[schema(example = "acme")]
    label: String,
    /// What people call it.
    #[schema(example = "Acme")]
    name: String,
    /// Whether people sign in to it by single sign-on.
    #[schema(example = false)]
    sso_enabled: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When its name or label last changed.
    updated_at: DateTime<Utc>,
    /// What the caller may do in it; when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<OrganizationPermissions>,
}

impl Organization {
    fn of(cx: &Cx, row: organization::Model, expand: bool) -> Self {
        Self {
            permissions: expand.then(|| OrganizationPermissions::of(cx, &row)),
            id: row.id,
            label: row.label,
            name: row.name,
            sso_enabled: false,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

list! {
    /// A page of organizations.
    OrganizationList of Organization for organization::Model, OrganizationPermissions
}

/// A change to an organization; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct UpdateOrganization {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch,
    #[serde(default)]
    #[schema(schema_with = text::label)]
    label: Patch,
}

/// List the organizations
///
/// Those that the caller may see, in order of creation.
#[utoipa::path(
    get, path = "/organizations", tag = "Organizations",
    params(PageParams, Expand),
    responses((status = 200, description = "A page.", body = OrganizationList), Refused, BadInput),
)]
pub async fn list_organizations(cx: Cx, query: ListQuery) -> Result<Json<OrganizationList>> {
    let page = organizations::list(&cx, &query.page)?.map(Arc::unwrap_or_clone);
    let home = cx.tenant()?;
    Ok(Json(OrganizationList::of(&cx, page, home, query.expand)))
}

/// Get an organization
#[utoipa::path(
    get, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath, Expand),
    responses((status = 200, description = "The organization.", body = Organization), Refused, BadInput),
)]
pub async fn get_organization(
    cx: Cx,
    at: OrganizationPath,
    Expand { expand }: Expand,
) -> Result<Json<Organization>> {
    let row = organizations::fetch(&cx, &at.organization_id)?;
    Ok(Json(Organization::of(&cx, Arc::unwrap_or_clone(row), expand)))
}

/// Change an organization
///
/// What is absent stays. Members that the server owns are ignored.
#[utoipa::path(
    patch, path = "/organizations/{organization_id}", tag = "Organizations",
    params(OrganizationPath),
    request_body = UpdateOrganization,
    responses((status = 200, description = "As it is now.", body = Organization), Refused, BadBody, Conflicting),
)]
pub async fn update_organization(
    cx: Cx,
    at: OrganizationPath,
    Body(body): Body<UpdateOrganization>,
) -> Result<Json<Organization>> {
    let change = Change { name: body.name.into(), label: body.label.into() };
    let row = organizations::update(&cx, &at.organization_id, change).await?;
    Ok(Json(Organization::of(&cx, row, false)))
}
