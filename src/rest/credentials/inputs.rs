//! Bodies that create and change credentials.

use serde::Deserialize;
use utoipa::ToSchema;

use super::restrictions::{NewRestrictions, Object, RestrictionsChange};
use crate::domain::credentials::{Change, CredentialInput};
use crate::domain::text;
use crate::rest::patch::Patch;
use crate::rest::text::{description, name, public_key};
use crate::rest::time::Timestamp;

/// A credential to create.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Production",
    "description": "Kept in the vault of the data team.",
    "expires_at": "2027-11-25T08:00:00Z",
    "restrictions": { "addresses": ["10.0.0.0/8"], "token_lifetime": 600 },
}))]
#[serde(deny_unknown_fields)]
pub struct CreateCredential {
    #[serde(default)]
    #[schema(schema_with = name, required = true)]
    name: String,
    #[schema(schema_with = description)]
    description: Option<String>,
    /// Time at which it expires, in the future. Absent or null: never.
    expires_at: Option<Timestamp>,
    /// Restrictions. Absent or null: none.
    #[schema(value_type = Option<NewRestrictions>)]
    restrictions: Option<Object<NewRestrictions>>,
    #[schema(schema_with = public_key)]
    public_key: Option<String>,
}

/// A change to a credential; absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Production",
    "expires_at": "2027-11-25T08:00:00Z",
    "restrictions": { "addresses": ["10.0.0.0/8"], "token_lifetime": 600 },
}))]
#[serde(deny_unknown_fields)]
pub struct UpdateCredential {
    #[serde(default)]
    #[schema(schema_with = name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = description)]
    description: Patch<String>,
    /// Time at which it expires, in the future. Null: never.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    expires_at: Patch<Timestamp>,
    /// Restrictions, part by part. Null: none.
    #[serde(default)]
    #[schema(value_type = Option<RestrictionsChange>)]
    restrictions: Patch<Object<RestrictionsChange>>,
}

impl From<CreateCredential> for CredentialInput {
    fn from(body: CreateCredential) -> Self {
        Self {
            name: body.name,
            description: body.description,
            expires_at: body.expires_at.map(|at| at.0),
            restrictions: body.restrictions.map(|Object(it)| it.into()).unwrap_or_default(),
            public_key: body.public_key,
        }
    }
}

impl From<UpdateCredential> for Change {
    fn from(body: UpdateCredential) -> Self {
        let expires_at: Option<Option<Timestamp>> = body.expires_at.into();
        Self {
            text: text::Change { name: body.name.into(), description: body.description.into() },
            expires_at: expires_at.map(|at| at.map(|at| at.0)),
            restrictions: body.restrictions.into(),
        }
    }
}
