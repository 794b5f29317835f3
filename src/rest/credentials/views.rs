//! Credentials in responses.

use std::collections::HashMap;

use entity::{CredentialId, ServiceAccountId, credential};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use super::examples;
use super::restrictions::Restrictions;
use crate::auth::status::CredentialStatus;
use crate::context::OpContext;
use crate::domain::credentials::CreatedCredential;
use crate::error::{Error, Result};
use crate::http::openapi::enumeration;
use crate::rest::list::{Expand, list};
use crate::rest::permissions::CredentialPermissions;
use crate::rest::timestamp::Timestamp;

/// An OAuth client of a service account: a client id with a secret or a public key.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::credential)]
pub struct Credential {
    /// Id of the credential.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// OAuth client id, the `client_id` of token requests.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// Display name of the resource.
    #[schema(example = "Production")]
    name: String,
    /// Description of the resource's purpose. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Stored in the vault of the data team.")]
    description: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    /// Time at which an access token was last issued to the credential. Absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
    #[serde(flatten)]
    state: CredentialState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = status, required = false)]
    status: Option<&'static str>,
    /// Id of the credential that this one replaces in a rotation. Absent without `expand=replaces`, if
    /// there is none, or if the caller may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^c[a-z0-9]{25}$", example = "cz91n5b7vkq3w0m8x2t4y6hjdr")]
    replaces: Option<CredentialId>,
    /// Usage of the credential. Absent without `expand=usage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usage: Option<Usage>,
    /// Permissions of the caller on the resource or list. Absent without `expand=permissions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<CredentialPermissions>,
}

impl Credential {
    /// The view of a row, with its usage if requested.
    ///
    /// # Errors
    /// `Internal` if the stored restrictions are invalid.
    pub fn of(row: credential::Model) -> Result<Self> {
        Ok(Self {
            state: CredentialState::of(&row)?,
            usage: None,
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            description: row.description,
            created_at: Timestamp(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp),
            status: None,
            replaces: None,
            permissions: None,
        })
    }

    /// The view of a row, with the optional members that are requested.
    ///
    /// # Errors
    /// `Internal` if the stored restrictions are invalid.
    pub fn expanded(
        op: &OpContext,
        row: credential::Model,
        expand: Expand,
        replaced: &Replaced,
        permissions: Option<CredentialPermissions>,
    ) -> Result<Self> {
        let status = expand.status.then(|| CredentialStatus::of(&row, op.now()).name());
        let replaces = replaced.get(&row.id).map(|it| it.id.clone());
        let usage = expand.usage.then(|| Usage::of(&row));
        Ok(Self { status, replaces, usage, permissions, ..Self::of(row)? })
    }
}

/// The credentials that others replace, by the ids of the others.
pub type Replaced = HashMap<CredentialId, credential::Model>;

fn status() -> Object {
    let names = CredentialStatus::ALL.iter().map(|it| it.name());
    let description = "Status of the credential; if several apply, the first of `ACCOUNT_DISABLED`, `DISABLED`, `EXPIRED`, `RETIRED`, `RETIRING` and `ACTIVE`. Only credentials that are `ACTIVE` or `RETIRING` authenticate. Absent without `expand=status`.";
    enumeration(description, names, CredentialStatus::Active.name())
}

/// State of a credential. All members are absent if the credential has a secret, does not expire, and is
/// neither disabled, rotated nor restricted.
#[derive(Serialize, ToSchema)]
struct CredentialState {
    /// Client authentication method. Absent: a client secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    auth_method: Option<AuthMethod>,
    /// Time at which the credential expires: from then on, it and its tokens are rejected. Absent: it does
    /// not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
    /// Time at which the resource was disabled: its credentials and tokens are rejected. Absent: it is not
    /// disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled_at: Option<Timestamp>,
    /// Time at which the credential retires or retired because of its rotation. Absent: it was not rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retires_at: Option<Timestamp>,
    /// Restrictions of the credential. Absent if there are none.
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

/// Client authentication method other than a client secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AuthMethod {
    /// JWT assertions signed with the client's private key (RFC 7523).
    PrivateKeyJwt,
}

/// Usage of a credential at the token endpoint.
#[derive(Serialize, ToSchema)]
pub struct Usage {
    /// Time at which an access token was first issued to the credential. Absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_used_at: Option<Timestamp>,
    /// Client address of the last token request of the credential. Absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "10.1.2.3")]
    last_source_address: Option<String>,
    /// `User-Agent` of the last token request of the credential, at most 255 characters. Absent if there
    /// was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "python-requests/2.32")]
    last_user_agent: Option<String>,
    /// Number of access tokens issued to the credential.
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

/// A created credential, with its client secret.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::created)]
pub struct NewCredential {
    /// Id of the credential.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    id: CredentialId,
    /// OAuth client id, the `client_id` of token requests.
    #[schema(pattern = "^[A-Za-z0-9]{21}$", example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: String,
    /// OAuth client secret, which is not shown again. Absent if the credential has a public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^psk_[A-Za-z0-9]{49}$")]
    client_secret: Option<String>,
    /// Display name of the resource.
    #[schema(example = "Production")]
    name: String,
    /// Description of the resource's purpose. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Stored in the vault of the data team.")]
    description: Option<String>,
    /// Time of creation.
    created_at: Timestamp,
    #[serde(flatten)]
    state: CredentialState,
}

impl TryFrom<CreatedCredential> for NewCredential {
    type Error = Error;

    fn try_from(CreatedCredential { credential, secret, .. }: CreatedCredential) -> Result<Self> {
        let Credential { id, client_id, name, description, created_at, state, .. } =
            Credential::of(credential)?;
        let client_secret = secret.map(|secret| secret.reveal().to_owned());
        Ok(Self { id, client_id, client_secret, name, description, created_at, state })
    }
}

list! {
    /// A page of the credentials of a service account.
    CredentialList of Credential, CredentialPermissions
}

/// A credential in a list of all credentials of an organization.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::credential_with_account)]
pub struct OrganizationCredential {
    /// Id of the service account. The credential belongs to it.
    #[schema(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    pub service_account_id: ServiceAccountId,
    #[serde(flatten)]
    pub credential: Credential,
}

list! {
    /// A page of the credentials of an organization.
    OrganizationCredentialList of OrganizationCredential, CredentialPermissions
}
