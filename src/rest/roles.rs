//! The roles of an organization.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use super::error::Result;
use super::list::list;
use super::paths::OrganizationPath;
use super::responses::{CommonErrors, forbidden};
use crate::authz;
use crate::context::OpContext;
use crate::domain::{organizations, roles};
use crate::error::{Error, Fields};
use crate::http::openapi::enumeration;

/// A named set of permissions in an organization.
#[derive(Serialize, ToSchema)]
pub struct Role {
    /// Display name of the resource.
    #[schema(example = "Organization viewer")]
    name: &'static str,
    #[schema(schema_with = label)]
    label: &'static str,
    /// Description of the resource's purpose.
    #[schema(example = "Sees the organization, its service accounts and their credentials.")]
    description: &'static str,
    #[schema(schema_with = scope)]
    scope: &'static str,
}

fn label() -> Object {
    let labels = authz::Role::ALL.iter().map(|role| role.label());
    enumeration(
        "Label of the role, which identifies it in requests.",
        labels,
        authz::Role::Viewer.label(),
    )
}

fn scope() -> Object {
    enumeration("Level at which the role is granted.", ["organization"], "organization")
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

list! {
    /// A list of roles, on one page.
    RoleList of Role
}

/// List the roles of an organization
///
/// All roles that can be granted in the organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/roles", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "All roles of the organization.", body = RoleList), CommonErrors, OrganizationPath, forbidden::RolesList),
)]
pub async fn list_roles(op: OpContext, at: OrganizationPath) -> Result<Json<RoleList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(roles::list(&op, organization)?.iter().map(Role::from).collect()))
}

/// The roles with these labels, without duplicates.
///
/// # Errors
/// `Invalid` for every unknown label.
pub fn named(labels: &[String]) -> crate::error::Result<Vec<authz::Role>> {
    let mut fields = Fields::default();
    let mut named = Vec::with_capacity(labels.len());
    for (at, label) in labels.iter().enumerate() {
        let known = || authz::Role::ALL.iter().map(|role| role.label()).collect::<Vec<_>>();
        let unknown = |()| {
            Error::invalid(format!("roles.{at}"), format!("must be one of {}", known().join(", ")))
        };
        named.extend(fields.check(label.parse::<authz::Role>().map(Some).map_err(unknown))?);
    }
    fields.finish()?;
    named.sort_unstable();
    named.dedup();
    Ok(named)
}
