//! How service accounts look in bodies.

use chrono::{DateTime, Utc};
use entity::{ServiceAccountId, service_account};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cx::Cx;
use crate::domain::service_accounts::New;
use crate::domain::text::Change;
use crate::rest::list::list;
use crate::rest::patch::Patch;
use crate::rest::permissions::ServiceAccountPermissions;
use crate::rest::text;

/// A machine identity of an organization.
#[derive(Serialize, ToSchema)]
pub struct ServiceAccount {
    /// The id: the `sub` of its tokens.
    #[schema(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    id: ServiceAccountId,
    /// What people call it.
    #[schema(example = "Nightly export")]
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Copies the day's orders into the warehouse.")]
    description: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When its name or description last changed.
    updated_at: DateTime<Utc>,
    /// What the caller may do with it; when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<ServiceAccountPermissions>,
}

impl ServiceAccount {
    pub fn of(cx: &Cx, row: service_account::Model, expand: bool) -> Self {
        Self {
            permissions: expand.then(|| ServiceAccountPermissions::of(cx, &row)),
            id: row.id,
            name: row.name,
            description: row.description,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

list! {
    /// A page of the service accounts of an organization.
    ServiceAccountList of ServiceAccount for service_account::Model, ServiceAccountPermissions
}

/// A service account to be made.
#[derive(Deserialize, ToSchema)]
pub struct CreateServiceAccount {
    #[schema(schema_with = text::name)]
    name: String,
    #[schema(schema_with = text::description)]
    description: Option<String>,
}

/// A change to a service account; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct UpdateServiceAccount {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch,
    #[serde(default)]
    #[schema(schema_with = text::description)]
    description: Patch,
}

impl From<CreateServiceAccount> for New {
    fn from(body: CreateServiceAccount) -> Self {
        Self { name: body.name, description: body.description, roles: Vec::new() }
    }
}

impl From<UpdateServiceAccount> for Change {
    fn from(body: UpdateServiceAccount) -> Self {
        Self { name: body.name.into(), description: body.description.into() }
    }
}
