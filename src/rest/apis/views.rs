//! APIs in responses.

use entity::{ApiId, api};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::authz::Scopes;
use crate::domain::apis::{Grant, Updated};
use crate::http::openapi::with;
use crate::rest::list::list;
use crate::rest::timestamp::Timestamp;

/// The example of an API in the OpenAPI document.
fn example() -> Value {
    json!({
        "id": "p7m1c4x9q2w8f0k5t3z6v1n0bd",
        "identifier": "https://orders.example.com",
        "name": "Orders",
        "scopes": ["orders:read", "orders:write"],
        "created_at": "2026-11-25T08:00:00.123456Z",
        "updated_at": "2026-11-25T08:00:00.123456Z",
    })
}

/// The same after the update of the example request.
pub fn updated() -> Value {
    let changed = json!({
        "scopes": ["orders:read", "orders:cancel"],
        "updated_at": "2026-11-26T12:00:00.123456Z",
        "revoked_grants": 3,
    });
    with(example(), changed)
}

/// An API that access tokens can be issued for, identified by a URI.
#[derive(Serialize, ToSchema)]
#[schema(example = example)]
pub struct Api {
    /// Id of the API.
    #[schema(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    id: ApiId,
    /// URI that identifies the API: the `resource` of token requests (RFC 8707) and the `aud` of its
    /// tokens.
    #[schema(example = "https://orders.example.com")]
    identifier: String,
    /// Display name of the resource.
    #[schema(example = "Orders")]
    name: String,
    /// Scopes of the API, which can be granted to service accounts.
    #[schema(example = json!(["orders:read", "orders:write"]))]
    scopes: Vec<String>,
    /// Time of creation.
    created_at: Timestamp,
    /// Time of the last change. Counts changes to the name and the scopes.
    updated_at: Timestamp,
    /// Number of scopes that the update revoked, counted once for each service account. Absent unless
    /// an update with `force` revoked some.
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

/// The scopes of one API that are granted to a service account.
#[derive(Serialize, ToSchema)]
pub struct ApiGrant {
    /// Id of the API.
    #[schema(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
    pub api_id: ApiId,
    /// Scopes of the API that are granted to the service account.
    #[schema(example = json!(["orders:read"]))]
    pub scopes: Vec<String>,
}

impl From<Grant> for ApiGrant {
    fn from(Grant { api, scopes, .. }: Grant) -> Self {
        Self { api_id: api.id, scopes: scopes.iter().map(str::to_owned).collect() }
    }
}

list! {
    /// The scopes that are granted to a service account, by API, on one page.
    ApiGrantList of ApiGrant
}
