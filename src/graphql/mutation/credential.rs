//! Changes to credentials.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::restrictions::{self, CredentialRestrictionsInput};
use super::{change, changing, key};
use crate::authz::Permission;
use crate::domain::credentials::{self, Change, CreatedCredential, CredentialInput};
use crate::domain::text;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::{Credential, DateTime};

/// A credential to be made.
#[derive(InputObject)]
pub struct CreateCredentialInput {
    /// The id of the service account.
    service_account_id: ID,
    /// What people call it: 1 to 255 characters.
    name: String,
    /// What it is for: at most 500 characters.
    description: Option<String>,
    /// When it expires; absent or null: never.
    expires_at: Option<DateTime>,
    /// Its restrictions; absent or null: none.
    restrictions: Option<CredentialRestrictionsInput>,
    /// Makes this create repeatable: sent again within ten minutes with the same input, it returns
    /// what it created, with the secret of a credential. 1 to 255 visible characters.
    idempotency_key: Option<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
    /// What it is to prove itself by instead of a secret (RFC 7523): a public key, as a JWK or in PEM
    /// (PUBLIC KEY), of at most 8192 bytes. P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to 8192
    /// bits for PS256 and RS256, of which an `alg` in the JWK selects one. Absent or null: a secret
    /// is made.
    public_key: Option<String>,
}

/// A credential that was made.
#[derive(SimpleObject)]
pub struct CreateCredentialPayload {
    /// The new credential; null, with an error, if a field below it failed after it was created.
    credential: Option<Credential>,
    /// Its secret. It is not shown again; null if the credential has a public key.
    client_secret: Option<String>,
    /// The id of the retired credential of the same account that was deleted to make room; null if
    /// none was.
    deleted_id: Option<ID>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A change to a credential.
#[derive(InputObject)]
pub struct UpdateCredentialInput {
    /// The id of the credential.
    id: ID,
    /// What people call it: 1 to 255 characters; absent keeps it.
    name: MaybeUndefined<String>,
    /// What it is for: at most 500 characters; absent keeps it, null clears it.
    description: MaybeUndefined<String>,
    /// When it expires; absent keeps it, null: never.
    expires_at: MaybeUndefined<DateTime>,
    /// Its restrictions, part by part; absent keeps them, null removes all of them.
    restrictions: MaybeUndefined<CredentialRestrictionsInput>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A credential that was changed.
#[derive(SimpleObject)]
pub struct UpdateCredentialPayload {
    /// The credential as it is now; null, with an error, if a field below it failed after the change.
    credential: Option<Credential>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A credential to be deleted.
#[derive(InputObject)]
pub struct DeleteCredentialInput {
    /// The id of the credential.
    id: ID,
    /// Whether to delete it although it is the last live one of its service account and was used
    /// within 24 hours.
    force: Option<bool>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A credential that was deleted.
#[derive(SimpleObject)]
pub struct DeleteCredentialPayload {
    /// The id that it had.
    deleted_id: ID,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct CredentialMutation;

#[Object]
impl CredentialMutation {
    /// Makes a credential for a service account that is no stronger than the caller.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsCreate.name().to_owned()))]
    async fn create_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: CreateCredentialInput,
    ) -> Gate<CreateCredentialPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name, the description, the expiry or the restrictions of a credential. A restricted or
    /// expiring credential changes none that is less restricted or ends later than itself.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn update_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to be otherwise.")] input: UpdateCredentialInput,
    ) -> Gate<UpdateCredentialPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes a credential: it and its tokens are refused from the next request on. The last live
    /// one of a service account that used it within 24 hours is deleted with `force` only.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsDelete.name().to_owned()))]
    async fn delete_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteCredentialInput,
    ) -> Gate<DeleteCredentialPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateCredentialInput,
) -> Result<CreateCredentialPayload> {
    let (op, account) = (changing(ctx)?, parse_id(&input.service_account_id, "service account")?);
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
    /// The one answer that shows the secret.
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
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
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
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    credentials::delete(op, op.tenant()?, None, &id, input.force.unwrap_or_default()).await?;
    Ok(DeleteCredentialPayload {
        deleted_id: input.id,
        client_mutation_id: input.client_mutation_id,
    })
}
