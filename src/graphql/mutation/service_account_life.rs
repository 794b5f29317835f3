//! What stops service accounts for a while.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changing;
use crate::authz::Permission;
use crate::domain::service_accounts;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

/// A service account to be disabled.
#[derive(InputObject)]
pub struct DisableServiceAccountInput {
    /// The id of the service account.
    id: ID,
    /// Answered as it is.
    client_mutation_id: Option<String>,
}

/// A service account that was disabled.
#[derive(SimpleObject)]
pub struct DisableServiceAccountPayload {
    /// The service account as it is now.
    service_account: ServiceAccount,
    /// As it was given.
    client_mutation_id: Option<String>,
}

/// A service account to be enabled again.
#[derive(InputObject)]
pub struct EnableServiceAccountInput {
    /// The id of the service account.
    id: ID,
    /// Answered as it is.
    client_mutation_id: Option<String>,
}

/// A service account that was enabled.
#[derive(SimpleObject)]
pub struct EnableServiceAccountPayload {
    /// The service account as it is now.
    service_account: ServiceAccount,
    /// As it was given.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct ServiceAccountLifeMutation;

#[Object]
impl ServiceAccountLifeMutation {
    /// Disables a service account: its credentials and tokens are refused from the next request
    /// on, until it is enabled again. The caller must hold what it holds.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn disable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisableServiceAccountInput,
    ) -> Gate<DisableServiceAccountPayload> {
        disable(ctx, input).await.into()
    }

    /// Enables a service account again. The caller must hold what it holds.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn enable_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: EnableServiceAccountInput,
    ) -> Gate<EnableServiceAccountPayload> {
        enable(ctx, input).await.into()
    }
}

async fn disable(
    ctx: &Context<'_>,
    input: DisableServiceAccountInput,
) -> Result<DisableServiceAccountPayload> {
    let (cx, id) = (changing(ctx), parse_id(&input.id, "service account")?);
    let row = service_accounts::disable(cx, cx.tenant()?, &id).await?;
    Ok(DisableServiceAccountPayload {
        service_account: ServiceAccount(Arc::new(row)),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn enable(
    ctx: &Context<'_>,
    input: EnableServiceAccountInput,
) -> Result<EnableServiceAccountPayload> {
    let (cx, id) = (changing(ctx), parse_id(&input.id, "service account")?);
    let row = service_accounts::enable(cx, cx.tenant()?, &id).await?;
    Ok(EnableServiceAccountPayload {
        service_account: ServiceAccount(Arc::new(row)),
        client_mutation_id: input.client_mutation_id,
    })
}
