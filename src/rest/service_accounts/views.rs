//! Service accounts in requests and responses.

use entity::{ServiceAccountId, service_account};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::auth::status::ServiceAccountStatus;
use crate::domain::service_accounts::{ServiceAccountChange, ServiceAccountInput};
use crate::domain::text::Change;
use crate::http::openapi::{enumeration, with};
use crate::rest::list::{Expand, list};
use crate::rest::patch::Patch;
use crate::rest::permissions::ServiceAccountPermissions;
use crate::rest::schemas;
use crate::rest::timestamp::Timestamp;

/// The example of a service account in the OpenAPI document.
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
    /// Id of the service account, the `sub` of its tokens.
    #[schema(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    id: ServiceAccountId,
    /// Display name of the resource.
    #[schema(example = "Nightly export")]
    name: String,
    /// Description of the resource's purpose. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Copies the day's orders into the warehouse.")]
    description: Option<String>,
    /// Id of the service account in the tool that declares it, unique in the organization. Absent if it
    /// has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "module.jobs/nightly-export")]
    external_id: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    /// Time of the last change. Counts changes to the name, the description, the external id and the state,
    /// and the revocation of all tokens.
    updated_at: Timestamp,
    /// Time at which the resource was disabled: its credentials and tokens are rejected. Absent: it is not
    /// disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = status, required = false)]
    status: Option<&'static str>,
    /// Permissions of the caller on the resource or list. Absent without `expand=permissions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<ServiceAccountPermissions>,
}

impl ServiceAccount {
    pub fn of(row: service_account::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            disabled_at: row.disabled_at.map(Timestamp),
            external_id: row.external_id,
            status: None,
            permissions: None,
        }
    }

    /// The view of a row, with its status if requested.
    pub fn expanded(
        row: service_account::Model,
        expand: Expand,
        permissions: Option<ServiceAccountPermissions>,
    ) -> Self {
        let status = expand.status.then(|| ServiceAccountStatus::of(&row).name());
        Self { status, permissions, ..Self::of(row) }
    }
}

fn status() -> Object {
    let names = ServiceAccountStatus::ALL.iter().map(|it| it.name());
    let description = "Status of the service account. Absent without `expand=status`.";
    enumeration(description, names, ServiceAccountStatus::Active.name())
}

list! {
    /// A page of the service accounts of an organization.
    ServiceAccountList of ServiceAccount, ServiceAccountPermissions
}

/// The service account to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAccount {
    #[serde(default)]
    #[schema(schema_with = schemas::name, required = true)]
    name: String,
    #[schema(schema_with = schemas::description)]
    description: Option<String>,
    /// Labels of the roles to grant. Requires `roles:grant` and every permission of the roles. Absent or
    /// null: none.
    #[schema(max_items = 100, example = json!(["org_viewer"]))]
    roles: Option<Vec<String>>,
    #[schema(schema_with = schemas::external_id)]
    external_id: Option<String>,
}

/// A change to a service account. Absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateServiceAccount {
    #[serde(default)]
    #[schema(schema_with = schemas::name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = schemas::description)]
    description: Patch<String>,
    /// Id of the service account in the tool that declares it: 1 to 255 visible characters, unique in the
    /// organization. It can be set once and never changes. Absent or null: unchanged.
    #[schema(min_length = 1, max_length = 255, example = "module.jobs/nightly-export")]
    external_id: Option<String>,
}

impl From<CreateServiceAccount> for ServiceAccountInput {
    fn from(body: CreateServiceAccount) -> Self {
        Self {
            name: body.name,
            description: body.description,
            roles: body.roles.unwrap_or_default(),
            external_id: body.external_id,
        }
    }
}

impl From<UpdateServiceAccount> for ServiceAccountChange {
    fn from(body: UpdateServiceAccount) -> Self {
        let text = Change { name: body.name.into(), description: body.description.into() };
        Self { text, external_id: body.external_id }
    }
}
