//! How credentials look in bodies.

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cx::Cx;
use crate::domain::credentials::{Change, Minted, New};
use crate::domain::text::Change as Text;
use crate::error::{Error, Result};
use crate::rest::list::list;
use crate::rest::patch::Patch;
use crate::rest::permissions::CredentialPermissions;
use crate::rest::text;

/// A client id of a service account; its secret, if it has one, was shown when it was made.
#[derive(Serialize, ToSchema)]
pub struct Credential {
    /// The id.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// The OAuth client id.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// What people call it.
    #[schema(example = "Production")]
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kept in the vault of the data team.")]
    description: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When a token was last issued to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<DateTime<Utc>>,
    /// What the caller may do with it; when it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<CredentialPermissions>,
}

impl Credential {
    pub fn of(cx: &Cx, row: credential::Model, expand: bool) -> Self {
        Self {
            permissions: expand.then(|| CredentialPermissions::of(cx, &row)),
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            description: row.description,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// A credential that was just made, with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewCredential {
    /// The id.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// The OAuth client id.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// The OAuth client secret: in this answer, and never again.
    #[schema(pattern = "^psk_[A-Za-z0-9]{49}$")]
    client_secret: String,
    /// What people call it.
    #[schema(example = "Production")]
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kept in the vault of the data team.")]
    description: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl TryFrom<Minted> for NewCredential {
    type Error = Error;

    fn try_from(minted: Minted) -> Result<Self> {
        let client_secret = minted.secret()?.reveal().to_owned();
        let credential = minted.credential;
        Ok(Self {
            id: credential.id,
            client_id: credential.client_id,
            client_secret,
            name: credential.name,
            description: credential.description,
            created_at: credential.created_at,
        })
    }
}

list! {
    /// A page of the credentials of a service account.
    CredentialList of Credential for credential::Model, CredentialPermissions
}

/// A credential to be made.
#[derive(Deserialize, ToSchema)]
pub struct CreateCredential {
    #[schema(schema_with = text::name)]
    name: String,
    #[schema(schema_with = text::description)]
    description: Option<String>,
}

/// A change to a credential; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct UpdateCredential {
    #[serde(default)]
    #[schema(schema_with = text::name)]
    name: Patch,
    #[serde(default)]
    #[schema(schema_with = text::description)]
    description: Patch,
}

impl From<CreateCredential> for New {
    fn from(body: CreateCredential) -> Self {
        Self { name: body.name, description: body.description, ..Self::default() }
    }
}

impl From<UpdateCredential> for Change {
    fn from(body: UpdateCredential) -> Self {
        let text = Text { name: body.name.into(), description: body.description.into() };
        Self { text, ..Self::default() }
    }
}
