//! Request bodies that create and change APIs, and grant their scopes.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::apis::{ApiInput, Change};
use crate::rest::patch::Patch;
use crate::rest::schemas;

/// The API to register.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "identifier": "https://orders.example.com",
    "name": "Orders",
    "scopes": ["orders:read", "orders:write"],
}))]
#[serde(deny_unknown_fields)]
pub struct CreateApi {
    /// URI that identifies the API: the `resource` of token requests (RFC 8707) and the `aud` of its
    /// tokens. An absolute URI in normal form, without a fragment, at most 255 visible ASCII characters,
    /// that the operator allows the organization to register.
    #[serde(default)]
    #[schema(required = true, max_length = 255, example = "https://orders.example.com")]
    identifier: String,
    #[serde(default)]
    #[schema(schema_with = schemas::name, required = true)]
    name: String,
    /// Scopes of the API: 1 to 100, each of 1 to 100 characters.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 100, example = json!(["orders:read", "orders:write"]))]
    scopes: Vec<String>,
}

/// A change to an API. Absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Orders",
    "add_scopes": ["orders:cancel"],
    "remove_scopes": ["orders:write"],
    "force": true,
}))]
#[serde(deny_unknown_fields)]
pub struct UpdateApi {
    #[serde(default)]
    #[schema(schema_with = schemas::name)]
    name: Patch<String>,
    /// URI that identifies the API: the `resource` of token requests (RFC 8707) and the `aud` of its
    /// tokens. It cannot be changed: only the current value is accepted, so that an API can be sent back
    /// as it was read.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, max_length = 255, example = "https://orders.example.com")]
    pub identifier: Patch<String>,
    /// Scopes that replace all scopes of the API: 1 to 100, each of 1 to 100 characters. Absent or null:
    /// unchanged. Cannot be combined with `add_scopes` or `remove_scopes`.
    #[schema(min_items = 1, max_items = 100, example = json!(["orders:read", "orders:write"]))]
    scopes: Option<Vec<String>>,
    /// Scopes to add, each of 1 to 100 characters. Absent or null: none. Scopes that the API already has
    /// are ignored; an API has at most 100.
    #[schema(max_items = 100, example = json!(["orders:cancel"]))]
    add_scopes: Option<Vec<String>>,
    /// Scopes to remove. Absent or null: none. Scopes that the API does not have are ignored; at least
    /// one scope must remain.
    #[schema(max_items = 100, example = json!(["orders:write"]))]
    remove_scopes: Option<Vec<String>>,
    /// Removal of scopes that are granted to service accounts, which revokes them. Absent or null: false,
    /// and such a change fails with 409 and the reason `SCOPE_IN_USE`.
    #[schema(example = false)]
    force: Option<bool>,
}

impl From<CreateApi> for ApiInput {
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
            force: body.force.unwrap_or_default(),
        }
    }
}

/// The scopes to grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantScopes {
    /// Scopes of the API to grant: 1 to 100. Scopes that are already granted stay granted.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 100, example = json!(["orders:read"]))]
    pub scopes: Vec<String>,
}
