//! Disabling and enabling credentials, and revoking their tokens.

use async_graphql::{Context, ID, Object};

use super::begin;
use super::declare::mutation_types;
use crate::authz::Permission;
use crate::domain::credentials;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::Credential;

mutation_types! {
    /// Input of the mutation `disableCredential`.
    input DisableCredentialInput {
        /// ID of the credential.
        id: ID,
    }
    /// Payload of the mutation `disableCredential`.
    payload DisableCredentialPayload {
        /// The credential after the change. Null, with an error, if one of its fields failed after
        /// the change.
        credential: Option<Credential>,
    }
}

mutation_types! {
    /// Input of the mutation `enableCredential`.
    input EnableCredentialInput {
        /// ID of the credential.
        id: ID,
    }
    /// Payload of the mutation `enableCredential`.
    payload EnableCredentialPayload {
        /// The credential after the change. Null, with an error, if one of its fields failed after
        /// the change.
        credential: Option<Credential>,
    }
}

mutation_types! {
    /// Input of the mutation `revokeCredentialTokens`.
    input RevokeCredentialTokensInput {
        /// ID of the credential.
        id: ID,
    }
    /// Payload of the mutation `revokeCredentialTokens`.
    payload RevokeCredentialTokensPayload {
        /// The credential after the change. Null, with an error, if one of its fields failed after
        /// the change.
        credential: Option<Credential>,
    }
}

#[derive(Default)]
pub struct CredentialStateMutation;

#[Object]
impl CredentialStateMutation {
    /// Disables a credential: it and its tokens are rejected from the next request on, until it is
    /// enabled again. The caller must hold every permission that its service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn disable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to disable.")] input: DisableCredentialInput,
    ) -> NullOnError<DisableCredentialPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a disabled credential. The caller must hold every permission that its service
    /// account holds. A credential that has expired or retired meanwhile stays expired or retired.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn enable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to enable.")] input: EnableCredentialInput,
    ) -> NullOnError<EnableCredentialPayload> {
        enable(ctx, input).await.into()
    }

    /// Revokes all tokens issued to a credential so far: they are rejected from the next request
    /// on. The credential stays valid and can request new tokens.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn revoke_credential_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to revoke the tokens of.")]
        input: RevokeCredentialTokensInput,
    ) -> NullOnError<RevokeCredentialTokensPayload> {
        revoke_tokens(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableCredentialInput,
) -> Result<DisableCredentialPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::disable(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(DisableCredentialPayload { credential: Some(Credential::from(row)), client_mutation_id })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableCredentialInput,
) -> Result<EnableCredentialPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::enable(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(EnableCredentialPayload { credential: Some(Credential::from(row)), client_mutation_id })
}

async fn revoke_tokens(
    ctx: &Context<'_>,
    input: RevokeCredentialTokensInput,
) -> Result<RevokeCredentialTokensPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::revoke_tokens(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(RevokeCredentialTokensPayload {
        credential: Some(Credential::from(row)),
        client_mutation_id,
    })
}
