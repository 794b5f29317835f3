//! Service accounts in bodies.

use entity::{ServiceAccountId, service_account};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::service_accounts::ServiceAccountInput;
use crate::domain::text::{self, Change};
use crate::error::{Fields, Result};
use crate::http::openapi::with;
use crate::rest::list::list;
use crate::rest::patch::Patch;
use crate::rest::permissions::ServiceAccountPermissions;
use crate::rest::roles;
use crate::rest::text as schemas;
use crate::rest::time::Timestamp;

/// A service account for the OpenAPI document.
fn example() -> Value {
    json!({
        "id": "sti0xl3pdebmarw96xyp2a9517",
        "name": "Nightly export",
        "description": "Copies the day's orders into the warehouse.",
        "created_at": "2026-11-25T08:00:00.123456Z",
        "updated_at": "2026-11-25T08:00:00.123456Z",
    })
}

/// The same after a change.
pub fn changed() -> Value {
    with(example(), json!({ "updated_at": "2026-11-26T12:00:00.123456Z" }))
}

/// The same, disabled.
pub fn disabled() -> Value {
    with(changed(), json!({ "disabled_at": "2026-11-26T12:00:00.123456Z" }))
}

/// A machine identity of an organization.
#[derive(Serialize, ToSchema)]
#[schema(example = example)]
pub struct ServiceAccount {
    /// Id of the service account: the `sub` of its tokens.
    #[schema(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    id: ServiceAccountId,
    /// Display name.
    #[schema(example = "Nightly export")]
    name: String,
    /// Description of its purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Copies the day's orders into the warehouse.")]
    description: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    /// Time of the last change to its name, description or state.
    updated_at: Timestamp,
    /// Time since when it is disabled; absent if it is not. Its credentials and tokens are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled_at: Option<Timestamp>,
    /// Permissions of the caller on it; with `expand=permissions` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<ServiceAccountPermissions>,
}

impl ServiceAccount {
    pub fn of(row: service_account::Model, permissions: Option<ServiceAccountPermissions>) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            disabled_at: row.disabled_at.map(Timestamp),
            permissions,
        }
    }
}

list! {
    /// A page of the service accounts of an organization.
    ServiceAccountList of ServiceAccount, ServiceAccountPermissions
}

/// A service account to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAccount {
    #[serde(default)]
    #[schema(schema_with = schemas::name, required = true)]
    name: String,
    #[schema(schema_with = schemas::description)]
    description: Option<String>,
    /// Labels of the roles that it holds from the start. Requires `roles:grant` and every permission
    /// of the roles. Default: none.
    #[schema(max_items = 100, example = json!(["org_viewer"]))]
    roles: Option<Vec<String>>,
}

/// A change to a service account; absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateServiceAccount {
    #[serde(default)]
    #[schema(schema_with = schemas::name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = schemas::description)]
    description: Patch<String>,
}

impl TryFrom<CreateServiceAccount> for ServiceAccountInput {
    type Error = crate::error::Error;

    fn try_from(body: CreateServiceAccount) -> Result<Self> {
        let mut fields = Fields::default();
        let roles = roles::named(&body.roles.unwrap_or_default());
        if roles.is_err() {
            // Otherwise the texts are checked with the create, after the permissions.
            fields.check(text::name(&body.name))?;
            fields.check(text::description(body.description.as_deref()))?;
        }
        let roles = fields.check(roles)?;
        fields.finish()?;
        Ok(Self { name: body.name, description: body.description, roles })
    }
}

impl From<UpdateServiceAccount> for Change {
    fn from(body: UpdateServiceAccount) -> Self {
        Self { name: body.name.into(), description: body.description.into() }
    }
}
