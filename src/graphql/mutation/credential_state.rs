//! Disabling and enabling credentials, and revoking their tokens.

use async_graphql::{Context, Object};

use super::by_id::by_id;
use super::changing;
use crate::authz::Permission;
use crate::domain::credentials;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::Credential;

by_id! {
    /// The credential to disable.
    DisableCredentialInput,
    /// The credential that was disabled.
    DisableCredentialPayload {
        /// The id of the credential.
        id,
        /// The credential as it is now; null, with an error, if a field below it failed after the
        /// change.
        credential: Credential,
    }
}

by_id! {
    /// The credential to enable.
    EnableCredentialInput,
    /// The credential that was enabled.
    EnableCredentialPayload {
        /// The id of the credential.
        id,
        /// The credential as it is now; null, with an error, if a field below it failed after the
        /// change.
        credential: Credential,
    }
}

by_id! {
    /// The credential whose tokens to revoke.
    RevokeCredentialTokensInput,
    /// The credential whose tokens were revoked.
    RevokeCredentialTokensPayload {
        /// The id of the credential.
        id,
        /// The credential as it is now; null, with an error, if a field below it failed after the
        /// change.
        credential: Credential,
    }
}

#[derive(Default)]
pub struct CredentialStateMutation;

#[Object]
impl CredentialStateMutation {
    /// Disables a credential: it and its tokens are refused from the next request on, until it is
    /// enabled again. The caller must hold every permission that its service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn disable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to disable.")] input: DisableCredentialInput,
    ) -> Gate<DisableCredentialPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a disabled credential. The caller must hold every permission that its service account
    /// holds. An expired or retired credential is a conflict.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn enable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential to enable.")] input: EnableCredentialInput,
    ) -> Gate<EnableCredentialPayload> {
        enable(ctx, input).await.into()
    }

    /// Revokes every token that was issued to a credential so far: they are refused from the next
    /// request on. The secret stays valid and gets new tokens.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn revoke_credential_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credential whose tokens to revoke.")]
        input: RevokeCredentialTokensInput,
    ) -> Gate<RevokeCredentialTokensPayload> {
        revoke_tokens(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableCredentialInput,
) -> Result<DisableCredentialPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::disable(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(DisableCredentialPayload { credential: Some(Credential::from(row)), client_mutation_id })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableCredentialInput,
) -> Result<EnableCredentialPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::enable(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(EnableCredentialPayload { credential: Some(Credential::from(row)), client_mutation_id })
}

async fn revoke_tokens(
    ctx: &Context<'_>,
    input: RevokeCredentialTokensInput,
) -> Result<RevokeCredentialTokensPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "credential")?);
    let row = credentials::revoke_tokens(op, op.tenant()?, None, &id).await?;
    let client_mutation_id = input.client_mutation_id;
    Ok(RevokeCredentialTokensPayload {
        credential: Some(Credential::from(row)),
        client_mutation_id,
    })
}
