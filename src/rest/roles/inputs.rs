//! Requests that create and change roles.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::domain::roles::{RoleChange, RoleInput};
use crate::rest::error::Failure;
use crate::rest::list::Parameters;
use crate::rest::patch::Patch;
use crate::rest::schemas;

/// The role to create.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "label": "credential-rotator",
    "name": "Credential rotator",
    "permissions": [
        "service_accounts:read",
        "service_account_credentials:read",
        "service_account_credentials:update",
    ],
}))]
#[serde(deny_unknown_fields)]
pub struct CreateRole {
    /// Label of the role, which identifies it in requests: 1 to 63 lower-case letters, digits, hyphens and
    /// underscores, unique in the organization. It never changes, and must not start with `org_`.
    #[serde(default)]
    #[schema(
        required = true,
        max_length = 63,
        pattern = "^[a-z0-9_]+(-[a-z0-9_]+)*$",
        example = "credential-rotator"
    )]
    label: String,
    #[serde(default)]
    #[schema(schema_with = schemas::name, required = true)]
    name: String,
    #[schema(schema_with = schemas::description)]
    description: Option<String>,
    /// Permissions of the role, each as `<resource type>:<action>`. The caller must hold them all.
    #[serde(default)]
    #[schema(required = true, min_items = 1, example = json!(["service_accounts:read"]))]
    permissions: Vec<String>,
}

/// A change to a role. Absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "permissions": ["service_accounts:read", "roles:list"] }))]
#[serde(deny_unknown_fields)]
pub struct UpdateRole {
    #[serde(default)]
    #[schema(schema_with = schemas::name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = schemas::description)]
    description: Patch<String>,
    /// Permissions that replace all permissions of the role. Absent or null: unchanged.
    #[schema(min_items = 1, example = json!(["service_accounts:read"]))]
    permissions: Option<Vec<String>>,
}

impl From<CreateRole> for RoleInput {
    fn from(body: CreateRole) -> Self {
        let CreateRole { label, name, description, permissions } = body;
        Self { label, name, description, permissions }
    }
}

impl From<UpdateRole> for RoleChange {
    fn from(body: UpdateRole) -> Self {
        Self {
            name: body.name.into(),
            description: body.description.into(),
            permissions: body.permissions,
        }
    }
}

/// A dry run of an update.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// True to check the change and return its impact without changing anything. Absent: false.
    #[param(value_type = Option<bool>, example = true)]
    pub dry_run: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for DryRun {
    type Rejection = Failure;

    /// Unknown parameters are rejected: a misspelt `dry_run` would change the role.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut parameters = Parameters::read(parts, &["dry_run"])?;
        let dry_run = parameters.boolean("dry_run").unwrap_or_default();
        parameters.finish()?;
        Ok(Self { dry_run })
    }
}
