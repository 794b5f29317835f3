//! Disabling and enabling service accounts, and revoking their tokens.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::by_id::by_id;
use super::changing;
use crate::authz::Permission;
use crate::domain::service_accounts;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

by_id! {
    /// The service account to disable.
    DisableServiceAccountInput,
    /// The service account that was disabled.
    DisableServiceAccountPayload {
        /// The id of the service account.
        id,
        /// The service account as it is now; null, with an error, if a field below it failed after
        /// the change.
        service_account: ServiceAccount,
    }
}

by_id! {
    /// The service account to enable.
    EnableServiceAccountInput,
    /// The service account that was enabled.
    EnableServiceAccountPayload {
        /// The id of the service account.
        id,
        /// The service account as it is now; null, with an error, if a field below it failed after
        /// the change.
        service_account: ServiceAccount,
    }
}

by_id! {
    /// The service account whose tokens to revoke.
    RevokeServiceAccountTokensInput,
    /// The service account whose tokens were revoked.
    RevokeServiceAccountTokensPayload {
        /// The id of the service account.
        id,
        /// The service account as it is now; null, with an error, if a field below it failed after
        /// the change.
        service_account: ServiceAccount,
    }
}

#[derive(Default)]
pub struct ServiceAccountStateMutation;

#[Object]
impl ServiceAccountStateMutation {
    /// Disables a service account: its credentials and tokens are refused from the next request on,
    /// until it is enabled again. The caller must hold every permission that it holds.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn disable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to disable.")] input: DisableServiceAccountInput,
    ) -> Gate<DisableServiceAccountPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a disabled service account. The caller must hold every permission that it holds, and a
    /// restricted or expiring credential enables none whose credentials are less restricted or end
    /// later.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn enable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to enable.")] input: EnableServiceAccountInput,
    ) -> Gate<EnableServiceAccountPayload> {
        enable(ctx, input).await.into()
    }

    /// Revokes every token that was issued to a service account so far: they are refused from the next
    /// request on. Its credentials stay valid and get new tokens.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn revoke_service_account_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account whose tokens to revoke.")]
        input: RevokeServiceAccountTokensInput,
    ) -> Gate<RevokeServiceAccountTokensPayload> {
        revoke_tokens(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableServiceAccountInput,
) -> Result<DisableServiceAccountPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::disable(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(DisableServiceAccountPayload { service_account, client_mutation_id })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableServiceAccountInput,
) -> Result<EnableServiceAccountPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::enable(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(EnableServiceAccountPayload { service_account, client_mutation_id })
}

async fn revoke_tokens(
    ctx: &Context<'_>,
    input: RevokeServiceAccountTokensInput,
) -> Result<RevokeServiceAccountTokensPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "service account")?);
    let row = service_accounts::revoke_tokens(op, op.tenant()?, &id).await?;
    let (service_account, client_mutation_id) =
        (Some(ServiceAccount(Arc::new(row))), input.client_mutation_id);
    Ok(RevokeServiceAccountTokensPayload { service_account, client_mutation_id })
}
