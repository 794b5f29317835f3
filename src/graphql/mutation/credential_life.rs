//! What ends credentials for a while or for good.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changing;
use crate::authz::Permission;
use crate::domain::credentials;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::Credential;

/// A credential to be disabled.
#[derive(InputObject)]
pub struct DisableCredentialInput {
    /// The id of the credential.
    id: ID,
    /// Answered as it is.
    client_mutation_id: Option<String>,
}

/// A credential that was disabled.
#[derive(SimpleObject)]
pub struct DisableCredentialPayload {
    /// The credential as it is now.
    credential: Credential,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// A credential to be enabled again.
#[derive(InputObject)]
pub struct EnableCredentialInput {
    /// The id of the credential.
    id: ID,
    /// Answered as it is.
    client_mutation_id: Option<String>,
}

/// A credential that was enabled.
#[derive(SimpleObject)]
pub struct EnableCredentialPayload {
    /// The credential as it is now.
    credential: Credential,
    /// As it was given.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct CredentialLifeMutation;

#[Object]
impl CredentialLifeMutation {
    /// Disables a credential: it and its tokens are refused from the next request on, until it is
    /// enabled again. The caller must hold what its service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn disable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisableCredentialInput,
    ) -> Gate<DisableCredentialPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a credential again. The caller must hold what its service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn enable_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: EnableCredentialInput,
    ) -> Gate<EnableCredentialPayload> {
        enable(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableCredentialInput,
) -> Result<DisableCredentialPayload> {
    let (cx, id) = (changing(ctx), parse_id(&input.id, "credential")?);
    let row = credentials::disable(cx, cx.tenant()?, &id).await?;
    Ok(DisableCredentialPayload {
        credential: Credential { row: Arc::new(row), account: None },
        client_mutation_id: input.client_mutation_id,
    })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableCredentialInput,
) -> Result<EnableCredentialPayload> {
    let (cx, id) = (changing(ctx), parse_id(&input.id, "credential")?);
    let row = credentials::enable(cx, cx.tenant()?, &id).await?;
    Ok(EnableCredentialPayload {
        credential: Credential { row: Arc::new(row), account: None },
        client_mutation_id: input.client_mutation_id,
    })
}
