//! Disabling and enabling service accounts, and revoking their tokens.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::begin;
use super::declare::mutation_types;
use crate::authz::Permission;
use crate::domain::service_accounts;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

mutation_types! {
    /// Input of the mutation `disableServiceAccount`.
    input DisableServiceAccountInput {
        /// ID of the service account.
        id: ID,
    }
    /// Payload of the mutation `disableServiceAccount`.
    payload DisableServiceAccountPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed
        /// after the change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `enableServiceAccount`.
    input EnableServiceAccountInput {
        /// ID of the service account.
        id: ID,
    }
    /// Payload of the mutation `enableServiceAccount`.
    payload EnableServiceAccountPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed
        /// after the change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `revokeServiceAccountTokens`.
    input RevokeServiceAccountTokensInput {
        /// ID of the service account.
        id: ID,
    }
    /// Payload of the mutation `revokeServiceAccountTokens`.
    payload RevokeServiceAccountTokensPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed
        /// after the change.
        service_account: Option<ServiceAccount>,
    }
}

#[derive(Default)]
pub struct ServiceAccountStateMutation;

#[Object]
impl ServiceAccountStateMutation {
    /// Disables a service account: its credentials and tokens are rejected from the next request
    /// on, until it is enabled again. The caller must hold every permission that it holds.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn disable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to disable.")] input: DisableServiceAccountInput,
    ) -> NullOnError<DisableServiceAccountPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a disabled service account. The caller must hold every permission that it holds. A
    /// caller with a restricted or expiring credential can enable only service accounts whose
    /// credentials are at least as restricted and expire no later.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn enable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to enable.")] input: EnableServiceAccountInput,
    ) -> NullOnError<EnableServiceAccountPayload> {
        enable(ctx, input).await.into()
    }

    /// Revokes all tokens issued to a service account so far: they are rejected from the next
    /// request on. Its credentials stay active and can request new tokens.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn revoke_service_account_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to revoke the tokens of.")]
        input: RevokeServiceAccountTokensInput,
    ) -> NullOnError<RevokeServiceAccountTokensPayload> {
        revoke_tokens(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableServiceAccountInput,
) -> Result<DisableServiceAccountPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::disable(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(DisableServiceAccountPayload { service_account, client_mutation_id })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableServiceAccountInput,
) -> Result<EnableServiceAccountPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::enable(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(EnableServiceAccountPayload { service_account, client_mutation_id })
}

async fn revoke_tokens(
    ctx: &Context<'_>,
    input: RevokeServiceAccountTokensInput,
) -> Result<RevokeServiceAccountTokensPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::revoke_tokens(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(RevokeServiceAccountTokensPayload { service_account, client_mutation_id })
}
