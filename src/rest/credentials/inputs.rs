//! Request bodies that create and change credentials.

use serde::Deserialize;
use utoipa::ToSchema;

use super::examples;
use super::restrictions::{NewRestrictions, Object, RestrictionsChange};
use crate::domain::credentials::{Change, CredentialInput};
use crate::domain::text;
use crate::rest::patch::Patch;
use crate::rest::schemas::{description, name, public_key};
use crate::rest::timestamp::Timestamp;

/// The credential to create.
#[derive(Deserialize, ToSchema)]
#[schema(example = examples::create)]
#[serde(deny_unknown_fields)]
pub struct CreateCredential {
    #[serde(default)]
    #[schema(schema_with = name, required = true)]
    name: String,
    #[schema(schema_with = description)]
    description: Option<String>,
    /// Time at which the credential expires, which must be in the future. Absent or null: it does not
    /// expire.
    expires_at: Option<Timestamp>,
    /// Restrictions of the credential. Absent or null: none.
    #[schema(value_type = Option<NewRestrictions>)]
    restrictions: Option<Object<NewRestrictions>>,
    #[schema(schema_with = public_key)]
    public_key: Option<String>,
}

/// A change to a credential. Absent members keep their values.
#[derive(Deserialize, ToSchema)]
#[schema(example = examples::update)]
#[serde(deny_unknown_fields)]
pub struct UpdateCredential {
    #[serde(default)]
    #[schema(schema_with = name)]
    name: Patch<String>,
    #[serde(default)]
    #[schema(schema_with = description)]
    description: Patch<String>,
    /// Time at which the credential expires, which must be in the future. Null: it does not expire.
    /// Absent: unchanged.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    expires_at: Patch<Timestamp>,
    /// Changes to the restrictions of the credential. Null: all restrictions are removed. Absent:
    /// unchanged.
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
