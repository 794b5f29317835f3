//! The rotation of credentials.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::by_id::by_id;
use super::{changing, key};
use crate::authz::Permission;
use crate::domain::credentials::rotation::{self, Start};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::{Credential, DateTime};

/// The rotation to start.
#[derive(InputObject)]
pub struct StartCredentialRotationInput {
    /// The id of the credential to replace.
    id: ID,
    /// How long both credentials are valid, in seconds: 0 to 7776000 (90 days). Default: 604800, a
    /// week.
    overlap: Option<i64>,
    /// Name of the new credential. Default: the name of the old one.
    name: Option<String>,
    /// Description of the new credential. Default: the description of the old one.
    description: Option<String>,
    /// When the new credential expires: no later than the old one. Default: with the old one.
    expires_at: Option<DateTime>,
    /// Makes this start repeatable: sent again within ten minutes with the same input, it returns the
    /// same new credential, with its secret. 1 to 255 visible characters.
    idempotency_key: Option<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
    /// Public key that the new credential authenticates with instead of a secret, as in
    /// `CreateCredentialInput`. Null: a secret is created, also where the old credential has a key.
    public_key: Option<String>,
}

/// The rotation that was started.
#[derive(SimpleObject)]
pub struct StartCredentialRotationPayload {
    /// The old credential as it is now; null, with an error, if a field below it failed after the
    /// start.
    credential: Option<Credential>,
    /// The new credential, with the restrictions of the old one; null, with an error, if a field
    /// below it failed after the start.
    new_credential: Option<Credential>,
    /// The secret of the new credential. It is not shown again; null if it has a public key.
    client_secret: Option<String>,
    /// The id of the retired credential of the same account that was deleted to make room; null if
    /// none was.
    deleted_id: Option<ID>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

by_id! {
    /// The rotation to finish.
    FinishCredentialRotationInput,
    /// The rotation that was finished.
    FinishCredentialRotationPayload {
        /// The id of the old credential.
        id,
        /// The old credential, which is retired now; null, with an error, if a field below it failed
        /// after the change.
        credential: Credential,
    }
}

/// The rotation to cancel.
#[derive(InputObject)]
pub struct CancelCredentialRotationInput {
    /// The id of the old credential.
    id: ID,
    /// Whether to cancel although the new credential was used within 24 hours. Default: false.
    force: Option<bool>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// The rotation that was cancelled.
#[derive(SimpleObject)]
pub struct CancelCredentialRotationPayload {
    /// The old credential, which does not retire any more; null, with an error, if a field below it
    /// failed after the change.
    credential: Option<Credential>,
    /// The id of the new credential, which was deleted.
    deleted_id: ID,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct RotationMutation;

#[Object]
impl RotationMutation {
    /// Starts the rotation of a credential: creates a new one with the same restrictions and end, and
    /// both are valid until the old one retires. Also requires
    /// `service_account_credentials:create`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn start_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to start.")] input: StartCredentialRotationInput,
    ) -> Gate<StartCredentialRotationPayload> {
        start(ctx, input).await.into()
    }

    /// Finishes the rotation of a credential before its deadline: the old credential is refused from
    /// the next request on.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn finish_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to finish.")] input: FinishCredentialRotationInput,
    ) -> Gate<FinishCredentialRotationPayload> {
        finish(ctx, input).await.into()
    }

    /// Cancels the rotation of a credential before its deadline: the new credential is deleted, and the
    /// old one stays. Also requires `service_account_credentials:delete`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn cancel_credential_rotation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rotation to cancel.")] input: CancelCredentialRotationInput,
    ) -> Gate<CancelCredentialRotationPayload> {
        cancel(ctx, input).await.into()
    }
}

async fn start(
    ctx: &Context<'_>,
    input: StartCredentialRotationInput,
) -> Result<StartCredentialRotationPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    let key = key(input.idempotency_key);
    let start = Start {
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
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
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
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    let force = input.force.unwrap_or_default();
    let (old, deleted) = rotation::cancel(op, op.tenant()?, None, &id, force).await?;
    Ok(CancelCredentialRotationPayload {
        credential: Some(Credential::from(old)),
        deleted_id: ID::from(deleted),
        client_mutation_id: input.client_mutation_id,
    })
}
