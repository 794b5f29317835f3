//! The roles of an organization.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Result;
use super::extract::OrganizationPath;
use super::list::PageInfo;
use super::responses::Refused;
use crate::authz;
use crate::cx::Cx;
use crate::domain::{organizations, roles};

/// A named set of permissions in an organization.
#[derive(Serialize, ToSchema)]
pub struct Role {
    /// What people call it.
    #[schema(example = "Organization viewer")]
    name: &'static str,
    /// What it is granted by.
    #[schema(example = "org_viewer")]
    label: &'static str,
    /// What it is for.
    #[schema(example = "Sees the organization, its service accounts and their credentials.")]
    description: &'static str,
    /// What it holds in.
    #[schema(example = "organization")]
    scope: &'static str,
}

impl From<&authz::Role> for Role {
    fn from(role: &authz::Role) -> Self {
        Self {
            name: role.name(),
            label: role.label(),
            description: role.description(),
            scope: "organization",
        }
    }
}

/// The roles that can be granted in an organization.
#[derive(Serialize, ToSchema)]
pub struct RoleList {
    /// All of them.
    items: Vec<Role>,
    page_info: PageInfo,
}

/// List the roles
///
/// Those that can be granted in the organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/roles", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The roles.", body = RoleList), Refused),
)]
pub async fn list_roles(cx: Cx, at: OrganizationPath) -> Result<Json<RoleList>> {
    let organization = organizations::resolve(&cx, &at.organization_id)?;
    let items = roles::list(&cx, organization)?.iter().map(Role::from).collect();
    Ok(Json(RoleList { items, page_info: PageInfo::whole() }))
}
