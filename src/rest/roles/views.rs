//! Roles in responses.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::domain::access::role_bindings;
use crate::domain::roles::{HolderChange, RoleDefinition, Updated};
use crate::http::openapi::{enumeration, with};
use crate::rest::list::list;
use crate::rest::timestamp::Timestamp;

/// The example of a role in the OpenAPI document.
fn example() -> Value {
    json!({
        "id": "r4n8x2w6q0f5k9t3z7v1c0m4bd",
        "name": "Credential rotator",
        "label": "credential-rotator",
        "description": "Rotates the credentials of all service accounts.",
        "scope": "organization",
        "permissions": ["service_accounts:read", "service_account_credentials:update"],
        "built_in": false,
        "created_at": "2026-11-25T08:00:00.123456Z",
        "updated_at": "2026-11-25T08:00:00.123456Z",
    })
}

/// The same after an update.
fn updated() -> Value {
    let impact = json!({
        "updated_at": "2026-11-26T12:00:00.123456Z",
        "holder_count": 2,
        "changed_holder_count": 1,
        "holders": [{
            "service_account_id": "sti0xl3pdebmarw96xyp2a9517",
            "gains": ["service_account_credentials:update"],
            "losses": ["roles:list"],
        }],
    });
    with(example(), impact)
}

/// A named set of permissions in an organization.
#[derive(Serialize, ToSchema)]
pub struct Role {
    /// Display name of the resource.
    #[schema(example = "Organization viewer")]
    name: String,
    /// Label of the role, which identifies it in requests.
    #[schema(pattern = "^[a-z0-9_]+(-[a-z0-9_]+)*$", example = "org_viewer")]
    label: String,
    /// Description of the resource's purpose.
    #[schema(example = "Read access to the organization.")]
    description: String,
    #[schema(schema_with = scope)]
    scope: &'static str,
}

fn scope() -> Object {
    enumeration("Level at which the role is granted.", ["organization"], "organization")
}

impl From<&RoleDefinition> for Role {
    fn from(role: &RoleDefinition) -> Self {
        Self {
            name: role.name().to_owned(),
            label: role.label().to_owned(),
            description: role.description().to_owned(),
            scope: "organization",
        }
    }
}

list! {
    /// A list of roles, on one page.
    RoleList of Role
}

/// A role with its permissions.
#[derive(Serialize, ToSchema)]
#[schema(example = example)]
pub struct CustomRole {
    /// Id of the role. That of a built-in role is the same in all organizations.
    #[schema(pattern = "^r[a-z0-9]{25}$", example = "r4n8x2w6q0f5k9t3z7v1c0m4bd")]
    id: String,
    #[serde(flatten)]
    role: Role,
    /// Permissions, each as `<resource type>:<action>`.
    #[schema(example = json!(["service_accounts:read", "service_account_credentials:update"]))]
    permissions: Vec<&'static str>,
    /// True for a built-in role, which cannot be changed.
    built_in: bool,
    /// Time of creation. Absent for a built-in role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_at: Option<Timestamp>,
    /// Time of the last change. Absent for a built-in role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    updated_at: Option<Timestamp>,
}

impl From<&RoleDefinition> for CustomRole {
    fn from(role: &RoleDefinition) -> Self {
        let row = role.row();
        Self {
            id: role.id(),
            role: role.into(),
            permissions: role.permissions().names(),
            built_in: row.is_none(),
            created_at: row.map(|row| Timestamp(row.created_at)),
            updated_at: row.map(|row| Timestamp(row.updated_at)),
        }
    }
}

/// A role after an update, and the impact of the update on its holders.
#[derive(Serialize, ToSchema)]
#[schema(example = updated)]
pub struct UpdatedRole {
    #[serde(flatten)]
    role: CustomRole,
    /// Number of service accounts that hold the role.
    #[schema(example = 2)]
    holder_count: u64,
    /// Number of service accounts that gain or lose permissions.
    #[schema(example = 1)]
    changed_holder_count: u64,
    /// Gains and losses of these, in the order of their ids: the first 100 entries; none for a caller who
    /// may not read service accounts.
    #[schema(max_items = 100)]
    holders: Vec<RoleHolderChange>,
}

/// Permissions that a service account gains and loses by the update of a role that it holds. What it
/// holds by another role, it neither gains nor loses.
#[derive(Serialize, ToSchema)]
struct RoleHolderChange {
    /// Id of the service account.
    #[schema(pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    service_account_id: String,
    /// Id of the service account that the role is confined to, with its credentials. Absent for a role in
    /// the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        pattern = "^s[a-z0-9]{25}$",
        example = "sti0xl3pdebmarw96xyp2a9517"
    )]
    on_service_account_id: Option<String>,
    /// Permissions that the service account gains.
    #[schema(example = json!(["service_accounts:update"]))]
    gains: Vec<&'static str>,
    /// Permissions that the service account loses.
    #[schema(example = json!(["roles:list"]))]
    losses: Vec<&'static str>,
}

impl From<Updated> for UpdatedRole {
    fn from(updated: Updated) -> Self {
        let holder = |change: HolderChange| RoleHolderChange {
            service_account_id: change.account.to_string(),
            on_service_account_id: change.target.as_ref().map(ToString::to_string),
            gains: change.gains.names(),
            losses: change.losses.names(),
        };
        let (holder_count, changed_holder_count) =
            (updated.impact.holders, updated.impact.changed_holders);
        let holders = updated.impact.changes.into_iter().map(holder).collect();
        Self {
            role: CustomRole::from(&updated.role.into()),
            holder_count,
            changed_holder_count,
            holders,
        }
    }
}

/// A role that a service account holds, on the organization or on one service account.
#[derive(Serialize, ToSchema)]
pub struct RoleBinding {
    /// Label of the role, which identifies it in requests.
    #[schema(example = "org_viewer")]
    role: String,
    /// Id of the service account that the role is confined to, with its credentials. Absent for a role in
    /// the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        pattern = "^s[a-z0-9]{25}$",
        example = "sti0xl3pdebmarw96xyp2a9517"
    )]
    on_service_account_id: Option<String>,
    /// Time at which the grant ends. Absent: it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
}

impl From<role_bindings::RoleBinding> for RoleBinding {
    fn from(binding: role_bindings::RoleBinding) -> Self {
        Self {
            role: binding.label,
            on_service_account_id: binding.target.map(|id| id.to_string()),
            expires_at: binding.expires_at.map(Timestamp),
        }
    }
}

list! {
    /// A list of role bindings, on one page.
    RoleBindingList of RoleBinding
}
