//! Credentials in bodies.

use entity::{CredentialId, credential};
use serde::Serialize;
use utoipa::ToSchema;

use super::examples;
use super::restrictions::Restrictions;
use crate::domain::credentials::CreatedCredential;
use crate::error::{Error, Result};
use crate::rest::list::list;
use crate::rest::permissions::CredentialPermissions;
use crate::rest::time::Timestamp;

/// A client id of a service account, with a secret, which is never shown again, or a public key.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::credential)]
pub struct Credential {
    /// Id of the credential.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// OAuth client id.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// Display name.
    #[schema(example = "Production")]
    name: String,
    /// Description of its purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kept in the vault of the data team.")]
    description: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    /// Time at which a token was last issued to it; absent if none ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
    #[serde(flatten)]
    state: CredentialState,
    /// Usage; with `expand=usage` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usage: Option<Usage>,
    /// Permissions of the caller on it; with `expand=permissions` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<CredentialPermissions>,
}

impl Credential {
    /// A row, with its usage where that was asked for.
    ///
    /// # Errors
    /// `Internal` when its restrictions cannot be read.
    pub fn of(
        row: credential::Model,
        usage: bool,
        permissions: Option<CredentialPermissions>,
    ) -> Result<Self> {
        Ok(Self {
            state: CredentialState::of(&row)?,
            usage: usage.then(|| Usage::of(&row)),
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            description: row.description,
            created_at: Timestamp(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp),
            permissions,
        })
    }
}

/// State of a credential. A credential with a secret that is neither restricted nor disabled and
/// does not end has none of these members.
#[derive(Serialize, ToSchema)]
struct CredentialState {
    /// How clients authenticate with it; absent: with its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    auth_method: Option<AuthMethod>,
    /// Time at which it expires: from then on, it and its tokens are refused. Absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
    /// Time since when it is disabled; absent if it is not. It and its tokens are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled_at: Option<Timestamp>,
    /// Time at which it retires, or retired, because it was rotated; absent without a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retires_at: Option<Timestamp>,
    /// Restrictions; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    restrictions: Option<Restrictions>,
}

impl CredentialState {
    fn of(row: &credential::Model) -> Result<Self> {
        Ok(Self {
            auth_method: (row.auth_method() == credential::AuthMethod::PrivateKeyJwt)
                .then_some(AuthMethod::PrivateKeyJwt),
            expires_at: row.expires_at.map(Timestamp),
            disabled_at: row.disabled_at.map(Timestamp),
            retires_at: row.retires_at.map(Timestamp),
            restrictions: Restrictions::of(row)?,
        })
    }
}

/// Client authentication without a secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AuthMethod {
    /// Assertions that the client signs with its private key (RFC 7523).
    PrivateKeyJwt,
}

/// Usage of a credential at the token endpoint.
#[derive(Serialize, ToSchema)]
pub struct Usage {
    /// Time at which a token was first issued to it; absent if none ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_used_at: Option<Timestamp>,
    /// IP address that it was last used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "10.1.2.3")]
    last_source_address: Option<String>,
    /// `User-Agent` of the program that last used it, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "python-requests/2.32")]
    last_user_agent: Option<String>,
    /// Number of tokens that were issued to it.
    #[schema(example = 42, minimum = 0)]
    token_count: i64,
}

impl Usage {
    fn of(row: &credential::Model) -> Self {
        Self {
            first_used_at: row.first_used_at.map(Timestamp),
            last_source_address: row.last_source_address.clone(),
            last_user_agent: row.last_user_agent.clone(),
            token_count: row.token_count,
        }
    }
}

/// A new credential, with its secret.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::new)]
pub struct NewCredential {
    /// Id of the credential.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// OAuth client id.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// OAuth client secret. It is not shown again; absent if the credential has a public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^psk_[A-Za-z0-9]{49}$")]
    client_secret: Option<String>,
    /// Display name.
    #[schema(example = "Production")]
    name: String,
    /// Description of its purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Kept in the vault of the data team.")]
    description: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    #[serde(flatten)]
    state: CredentialState,
}

impl TryFrom<CreatedCredential> for NewCredential {
    type Error = Error;

    fn try_from(CreatedCredential { credential, secret, .. }: CreatedCredential) -> Result<Self> {
        Ok(Self {
            state: CredentialState::of(&credential)?,
            id: credential.id,
            client_id: credential.client_id,
            client_secret: secret.map(|secret| secret.reveal().to_owned()),
            name: credential.name,
            description: credential.description,
            created_at: Timestamp(credential.created_at),
        })
    }
}

list! {
    /// A page of the credentials of a service account.
    CredentialList of Credential, CredentialPermissions
}
