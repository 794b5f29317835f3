//! Changes to credentials.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::declare::mutation_types;
use super::restrictions::{self, CredentialRestrictionsInput};
use super::{begin, change, key};
use crate::authz::Permission;
use crate::domain::credentials::{self, Change, CreatedCredential, CredentialInput};
use crate::domain::text;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::{Credential, DateTime};

mutation_types! {
    /// Input of the mutation `createCredential`.
    input CreateCredentialInput {
        /// ID of the service account.
        service_account_id: ID,
        /// Display name: 1 to 255 characters.
        name: String,
        /// Purpose in free text: at most 500 characters. Absent or null: no description.
        description: Option<String>,
        /// Expiry time, in the future. Absent or null: the credential never expires.
        expires_at: Option<DateTime>,
        /// Restrictions of the credential. Absent or null: none.
        restrictions: Option<CredentialRestrictionsInput>,
        /// Key that makes the request safe to retry: repeated within ten minutes with the same input,
        /// it creates nothing and returns the first result, with its client secret if it has one. 1 to
        /// 255 visible characters. Absent or null: every request creates a new object.
        idempotency_key: Option<String>,
        /// Public key to authenticate with instead of a client secret (RFC 7523): a JWK (RFC 7517) or
        /// PEM (`PUBLIC KEY`) of at most 8192 bytes. P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to
        /// 8192 bits for PS256 and RS256, of which `alg` in the JWK selects one. Absent or null: a
        /// client secret is generated, also when a credential with a key is rotated.
        public_key: Option<String>,
    }
    /// Payload of the mutation `createCredential`.
    payload CreateCredentialPayload {
        /// The created credential. Null, with an error, if one of its fields failed after the change.
        credential: Option<Credential>,
        /// Client secret of the new credential, which is not shown again; null if it has a public key.
        client_secret: Option<String>,
        /// ID of the retired credential of the same service account that was deleted to make room for
        /// the new one; null if none was.
        deleted_id: Option<ID>,
    }
}

mutation_types! {
    /// Input of the mutation `updateCredential`.
    input UpdateCredentialInput {
        /// ID of the credential.
        id: ID,
        /// New display name: 1 to 255 characters. Absent: unchanged.
        name: MaybeUndefined<String>,
        /// New purpose in free text: at most 500 characters. Absent: unchanged; null: removed.
        description: MaybeUndefined<String>,
        /// New expiry time, in the future. Absent: unchanged; null: the credential never expires.
        expires_at: MaybeUndefined<DateTime>,
        /// Changes to the restrictions, part by part. Absent: unchanged; null: all are removed.
        restrictions: MaybeUndefined<CredentialRestrictionsInput>,
    }
    /// Payload of the mutation `updateCredential`.
    payload UpdateCredentialPayload {
        /// The credential after the change. Null, with an error, if one of its fields failed after the
        /// change.
        credential: Option<Credential>,
    }
}

mutation_types! {
    /// Input of the mutation `deleteCredential`.
    input DeleteCredentialInput {
        /// ID of the credential.
        id: ID,
        /// Whether to delete the last active credential of a service account although it was used
        /// within the last 24 hours. Default: false.
        force: Option<bool>,
    }
    /// Payload of the mutation `deleteCredential`.
    payload DeleteCredentialPayload {
        /// ID of the deleted credential.
        deleted_id: ID,
    }
}

#[derive(Default)]
pub struct CredentialMutation;

#[Object]
impl CredentialMutation {
    /// Creates a credential for a service account. The caller must hold every permission that the
    /// service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsCreate.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn create_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to create.")] input: CreateCredentialInput,
    ) -> NullOnError<CreateCredentialPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name, the description, the expiry or the restrictions of a credential. A caller
    /// with a restricted or expiring credential can change only credentials that are at least as
    /// restricted and expire no later. Ending or restricting the last credential that can administer
    /// the organization is a `CONFLICT` with the reason `LAST_ADMIN`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn update_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to change, and its changes.")]
        input: UpdateCredentialInput,
    ) -> NullOnError<UpdateCredentialPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes a credential: it and its tokens are rejected from the next request on. Deleting the
    /// last active credential of a service account requires `force` if it was used within the last
    /// 24 hours.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsDelete.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn delete_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to delete.")] input: DeleteCredentialInput,
    ) -> NullOnError<DeleteCredentialPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateCredentialInput,
) -> Result<CreateCredentialPayload> {
    let (op, account) = (begin(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let new = CredentialInput {
        name: input.name,
        description: input.description,
        expires_at: input.expires_at.map(|at| at.0),
        restrictions: input.restrictions.map(Into::into).unwrap_or_default(),
        public_key: input.public_key,
    };
    let key = key(input.idempotency_key);
    let created = credentials::create(op, op.tenant()?, &account, new, key.as_ref()).await?;
    Ok(CreateCredentialPayload::of(created, input.client_mutation_id))
}

impl CreateCredentialPayload {
    /// The only response that shows the secret.
    fn of(created: CreatedCredential, client_mutation_id: Option<String>) -> Self {
        Self {
            credential: Some(Credential::from(created.credential)),
            client_secret: created.secret.map(|secret| secret.reveal().to_owned()),
            deleted_id: created.removed.map(ID::from),
            client_mutation_id,
        }
    }
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateCredentialInput,
) -> Result<UpdateCredentialPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let text = text::Change { name: change(input.name), description: change(input.description) };
    let expires_at: Option<Option<DateTime>> = input.expires_at.into();
    let expires_at = expires_at.map(|at| at.map(|at| at.0));
    let restrictions = restrictions::change(input.restrictions);
    let change = Change { text, expires_at, restrictions };
    let row = credentials::update(op, op.tenant()?, None, &id, change).await?;
    Ok(UpdateCredentialPayload {
        credential: Some(Credential::from(row)),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn delete(
    ctx: &Context<'_>,
    input: DeleteCredentialInput,
) -> Result<DeleteCredentialPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    credentials::delete(op, op.tenant()?, None, &id, input.force.unwrap_or_default()).await?;
    Ok(DeleteCredentialPayload {
        deleted_id: input.id,
        client_mutation_id: input.client_mutation_id,
    })
}
