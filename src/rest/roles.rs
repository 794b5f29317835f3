//! The roles of an organization.

pub mod held;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use super::error::Result;
use super::list::list;
use super::paths::OrganizationPath;
use super::responses::{Refused, forbidden};
use crate::authz;
use crate::context::OpContext;
use crate::domain::{organizations, roles};
use crate::error::{Error, Fields};
use crate::http::openapi::enumeration;

/// A named set of permissions in an organization.
#[derive(Serialize, ToSchema)]
pub struct Role {
    /// Display name.
    #[schema(example = "Organization viewer")]
    name: &'static str,
    #[schema(schema_with = label)]
    label: &'static str,
    /// Description of its purpose.
    #[schema(example = "Sees the organization, its service accounts and their credentials.")]
    description: &'static str,
    #[schema(schema_with = scope)]
    scope: &'static str,
}

fn label() -> Object {
    let labels = authz::Role::ALL.iter().map(|role| role.label());
    enumeration("Label by which it is granted.", labels, authz::Role::Viewer.label())
}

fn scope() -> Object {
    enumeration("Level at which it is granted.", ["organization"], "organization")
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

/// List the roles
///
/// The roles that can be granted in the organization.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/roles", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The roles.", body = RoleList), Refused, OrganizationPath, forbidden::RolesList),
)]
pub async fn list_roles(op: OpContext, at: OrganizationPath) -> Result<Json<RoleList>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    Ok(Json(roles::list(&op, organization)?.iter().map(Role::from).collect()))
}

/// The roles of labels, each once.
///
/// # Errors
/// `Invalid` for every unknown label, as `roles` with its position.
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
