//! APIs in bodies.

use entity::{ApiId, api};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::authz::Scopes;
use crate::domain::apis::{Change, Grant, New, Updated};
use crate::rest::list::list;
use crate::rest::patch::Patch;
use crate::rest::text;
use crate::rest::time::Timestamp;

/// An API that tokens of the organization are for, beside this server.
#[derive(Serialize, ToSchema)]
pub struct Api {
    /// Id of the API.
    #[schema(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    id: ApiId,
    /// URI that clients name it by, as `resource`: the `aud` of its tokens.
    #[schema(example = "https://orders.example.com")]
    identifier: String,
    /// Display name.
    #[schema(example = "Orders")]
    name: String,
    /// Scopes that can be granted to service accounts.
    #[schema(example = json!(["orders:read", "orders:write"]))]
    scopes: Vec<String>,
    /// Time of registration.
    created_at: Timestamp,
    /// Time of the last change to its name or scopes.
    updated_at: Timestamp,
    /// Number of scopes that the change revoked, counted once for each service account; only after
    /// a change that revoked some.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    revoked_grants: Option<usize>,
}

impl From<Updated> for Api {
    fn from(updated: Updated) -> Self {
        let revoked = Some(updated.revoked_grants).filter(|count| *count > 0);
        Self { revoked_grants: revoked, ..updated.api.into() }
    }
}

impl From<api::Model> for Api {
    fn from(row: api::Model) -> Self {
        Self {
            id: row.id,
            identifier: row.identifier,
            name: row.name,
            scopes: Scopes::split(&row.scopes).iter().map(str::to_owned).collect(),
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            revoked_grants: None,
        }
    }
}

list! {
    /// The APIs of an organization, on one page.
    ApiList of Api
}

/// An API to register.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "identifier": "https://orders.example.com",
    "name": "Orders",
    "scopes": ["orders:read", "orders:write"],
}))]
#[serde(deny_unknown_fields)]
pub struct CreateApi {
    /// URI that clients name it by, as `resource`: absolute, without a fragment, at most 255
    /// characters, and no other API's.
    #[serde(default)]
    #[schema(required = true, max_length = 255, example = "https://orders.example.com")]
    identifier: String,
    #[serde(default)]
    #[schema(schema_with = text::name, required = true)]
    name: String,
    /// Scopes: 1 to 100, each of 1 to 100 characters.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 100, example = json!(["orders:read", "orders:write"]))]
    scopes: Vec<String>,
}

/// A change to an API; absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "name": "Orders", "add_scopes": ["orders:cancel"] }))]
#[serde(deny_unknown_fields)]
pub struct UpdateApi {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch<String>,
    /// All of its scopes: 1 to 100, each of 1 to 100 characters; not together with the next two.
    #[schema(min_items = 1, max_items = 100, example = json!(["orders:read", "orders:write"]))]
    scopes: Option<Vec<String>>,
    /// Scopes to add.
    #[schema(max_items = 100, example = json!(["orders:cancel"]))]
    add_scopes: Option<Vec<String>>,
    /// Scopes to remove.
    #[schema(max_items = 100, example = json!(["orders:write"]))]
    remove_scopes: Option<Vec<String>>,
    /// Whether scopes may be removed that are granted to service accounts, and are revoked so.
    #[serde(default)]
    force: bool,
}

impl From<CreateApi> for New {
    fn from(CreateApi { identifier, name, scopes }: CreateApi) -> Self {
        Self { identifier, name, scopes }
    }
}

impl From<UpdateApi> for Change {
    fn from(body: UpdateApi) -> Self {
        Self {
            name: body.name.into(),
            scopes: body.scopes,
            add_scopes: body.add_scopes,
            remove_scopes: body.remove_scopes,
            force: body.force,
        }
    }
}

/// Scopes of an API that are granted to a service account.
#[derive(Serialize, ToSchema)]
pub struct ApiGrant {
    /// Id of the API.
    #[schema(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    pub api_id: ApiId,
    /// Scopes that are granted.
    #[schema(example = json!(["orders:read"]))]
    pub scopes: Vec<String>,
}

impl From<Grant> for ApiGrant {
    fn from(Grant { api, scopes }: Grant) -> Self {
        Self { api_id: api.id, scopes: scopes.iter().map(str::to_owned).collect() }
    }
}

list! {
    /// The scopes of APIs that are granted to a service account, on one page.
    ApiGrantList of ApiGrant
}

/// Scopes to grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantScopes {
    /// Scopes of the API to grant, in addition to those that are granted: 1 to 100.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 100, example = json!(["orders:read"]))]
    pub scopes: Vec<String>,
}
