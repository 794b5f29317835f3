//! Bodies that create and change APIs, and grant their scopes.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::apis::{Change, New};
use crate::rest::patch::Patch;
use crate::rest::text;

/// An API to register.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "identifier": "https://orders.example.com",
    "name": "Orders",
    "scopes": ["orders:read", "orders:write"],
}))]
#[serde(deny_unknown_fields)]
pub struct CreateApi {
    /// URI that clients name it by, as `resource`: absolute, without a fragment, in normal form, at
    /// most 255 characters. It must be one that the operator allows the organization to register:
    /// under a prefix of the organization's, or free where identifiers are open to all.
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
#[schema(example = json!({
    "name": "Orders",
    "add_scopes": ["orders:cancel"],
    "remove_scopes": ["orders:write"],
    "force": true,
}))]
#[serde(deny_unknown_fields)]
pub struct UpdateApi {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch<String>,
    /// URI that clients name it by. It cannot be changed: it is accepted if it is the same, so that
    /// an API can be sent back as it was read.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, max_length = 255, example = "https://orders.example.com")]
    pub identifier: Patch<String>,
    /// All of its scopes, which replace those that it has: 1 to 100, each of 1 to 100 characters.
    /// Absent or null: they stay. Not together with `add_scopes` or `remove_scopes`.
    #[schema(min_items = 1, max_items = 100, example = json!(["orders:read", "orders:write"]))]
    scopes: Option<Vec<String>>,
    /// Scopes to add, each of 1 to 100 characters; an API has at most 100. Those that it has are
    /// ignored.
    #[schema(max_items = 100, example = json!(["orders:cancel"]))]
    add_scopes: Option<Vec<String>>,
    /// Scopes to remove; at least one must be left. Those that it does not have are ignored.
    #[schema(max_items = 100, example = json!(["orders:write"]))]
    remove_scopes: Option<Vec<String>>,
    /// Whether scopes that service accounts hold may be removed, and so revoked from them. Default,
    /// also of null: false, and such a change is a conflict with the reason `SCOPE_IN_USE`.
    #[schema(example = false)]
    force: Option<bool>,
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
            force: body.force.unwrap_or_default(),
        }
    }
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
