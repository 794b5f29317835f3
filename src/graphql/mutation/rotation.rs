//! The rotation of credentials.

use async_graphql::{Context, ID, Object};

use super::declare::mutation_types;
use super::{begin, key};
use crate::authz::Permission;
use crate::domain::credentials::rotation::{self, StartInput};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::{Credential, DateTime};

mutation_types! {
    /// Input of the mutation `startCredentialRotation`.
    input StartCredentialRotationInput {
        /// ID of the credential to replace.
        id: ID,
        /// Time for which both credentials are active, in seconds: 0 to 7776000 (90 days). Default:
        /// 604800 (7 days).
        overlap: Option<i64>,
        /// Name of the new credential. Default: the name of the old one.
        name: Option<String>,
        /// Description of the new credential. Default: the description of the old one.
        description: Option<String>,
        /// Expiry time of the new credential, no later than that of the old one. Default: the expiry
        /// time of the old one.
        expires_at: Option<DateTime>,
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
    /// Payload of the mutation `startCredentialRotation`.
    payload StartCredentialRotationPayload {
        /// The old credential after the change. Null, with an error, if one of its fields failed after
        /// the change.
        credential: Option<Credential>,
        /// The new credential, with the restrictions of the old one. Null, with an error, if one of its
        /// fields failed after the change.
        new_credential: Option<Credential>,
        /// Client secret of the new credential, which is not shown again; null if it has a public key.
        client_secret: Option<String>,
        /// ID of the retired credential of the same service account that was deleted to make room for
        /// the new one; null if none was.
        deleted_id: Option<ID>,
    }
}

mutation_types! {
    /// Input of the mutation `finishCredentialRotation`.
    input FinishCredentialRotationInput {
        /// ID of the old credential.
        id: ID,
    }
    /// Payload of the mutation `finishCredentialRotation`.
    payload FinishCredentialRotationPayload {
        /// The old credential, which is retired. Null, with an error, if one of its fields failed
        /// after the change.
        credential: Option<Credential>,
    }
}

mutation_types! {
    /// Input of the mutation `cancelCredentialRotation`.
    input CancelCredentialRotationInput {
        /// ID of the old credential.
        id: ID,
        /// Whether to cancel the rotation although the new credential was used within the last 24
        /// hours. Default: false.
        force: Option<bool>,
    }
    /// Payload of the mutation `cancelCredentialRotation`.
    payload CancelCredentialRotationPayload {
        /// The old credential, which no longer retires. Null, with an error, if one of its fields
        /// failed after the change.
        credential: Option<Credential>,
        /// ID of the new credential, which was deleted.
        deleted_id: ID,
    }
}

#[derive(Default)]
pub struct RotationMutation;

#[Object]
impl RotationMutation {
    /// Starts the rotation of a credential: creates a new one with the same restrictions and
    /// expiry, and both are active until the old one retires.
    #[graphql(
        directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()),
        directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()),
        directive = requires_permission::apply(Permission::CredentialsCreate.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn start_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to start.")] input: StartCredentialRotationInput,
    ) -> NullOnError<StartCredentialRotationPayload> {
        start(ctx, input).await.into()
    }

    /// Finishes the rotation of a credential before the old one retires (`retiresAt`): the old
    /// credential is rejected from the next request on.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn finish_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to finish.")] input: FinishCredentialRotationInput,
    ) -> NullOnError<FinishCredentialRotationPayload> {
        finish(ctx, input).await.into()
    }

    /// Cancels the rotation of a credential before the old one retires (`retiresAt`): the new
    /// credential is deleted, and the old one no longer retires.
    #[graphql(
        directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()),
        directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()),
        directive = requires_permission::apply(Permission::CredentialsDelete.name().to_owned())
    )]
    async fn cancel_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to cancel.")] input: CancelCredentialRotationInput,
    ) -> NullOnError<CancelCredentialRotationPayload> {
        cancel(ctx, input).await.into()
    }
}

async fn start(
    ctx: &Context<'_>,
    input: StartCredentialRotationInput,
) -> Result<StartCredentialRotationPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let key = key(input.idempotency_key);
    let start = StartInput {
        overlap: input.overlap,
        name: input.name,
        description: input.description,
        expires_at: input.expires_at.map(|at| at.0),
        public_key: input.public_key,
    };
    let (old, created) = rotation::start(op, op.tenant()?, None, &id, start, key.as_ref()).await?;
    Ok(StartCredentialRotationPayload {
        credential: Some(Credential::from(old)),
        new_credential: Some(Credential::from(created.credential)),
        client_secret: created.secret.map(|secret| secret.reveal().to_owned()),
        deleted_id: created.removed.map(ID::from),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn finish(
    ctx: &Context<'_>,
    input: FinishCredentialRotationInput,
) -> Result<FinishCredentialRotationPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let row = rotation::finish(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(FinishCredentialRotationPayload {
        credential: Some(Credential::from(row)),
        client_mutation_id,
    })
}

async fn cancel(
    ctx: &Context<'_>,
    input: CancelCredentialRotationInput,
) -> Result<CancelCredentialRotationPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let force = input.force.unwrap_or_default();
    let (old, deleted) = rotation::cancel(op, op.tenant()?, None, &id, force).await?;
    Ok(CancelCredentialRotationPayload {
        credential: Some(Credential::from(old)),
        deleted_id: ID::from(deleted),
        client_mutation_id: input.client_mutation_id,
    })
}
