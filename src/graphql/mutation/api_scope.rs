//! Granting and revoking scopes of APIs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changing;
use crate::authz::Permission;
use crate::domain::apis;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

/// Scopes of an API to be granted.
#[derive(InputObject)]
pub struct GrantApiScopesInput {
    /// The id of the service account that is to hold them.
    service_account_id: ID,
    /// The id of the API.
    api_id: ID,
    /// The scopes: those of the API.
    scopes: Vec<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// Scopes that were granted.
#[derive(SimpleObject)]
pub struct GrantApiScopesPayload {
    /// The service account that holds them now; null, with an error, if a field below it failed
    /// after the change.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// Scopes of an API to be revoked.
#[derive(InputObject)]
pub struct RevokeApiScopesInput {
    /// The id of the service account that is to hold them no more.
    service_account_id: ID,
    /// The id of the API.
    api_id: ID,
    /// The scopes; absent or null: all of them.
    scopes: Option<Vec<String>>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// Scopes that were revoked.
#[derive(SimpleObject)]
pub struct RevokeApiScopesPayload {
    /// The service account that does not hold them any more; null, with an error, if a field below
    /// it failed after the change.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct ApiScopeMutation;

#[Object]
impl ApiScopeMutation {
    /// Grants scopes of an API to a service account. Granting what is held already changes nothing.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()))]
    async fn grant_api_scopes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which scopes, to whom.")] input: GrantApiScopesInput,
    ) -> Gate<GrantApiScopesPayload> {
        grant(ctx, input).await.into()
    }

    /// Revokes scopes of an API: they are in no token from then on. Revoking what is not held changes
    /// nothing.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()))]
    async fn revoke_api_scopes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which scopes, from whom.")] input: RevokeApiScopesInput,
    ) -> Gate<RevokeApiScopesPayload> {
        revoke(ctx, input).await.into()
    }
}

async fn grant(ctx: &Context<'_>, input: GrantApiScopesInput) -> Result<GrantApiScopesPayload> {
    let op = changing(ctx)?;
    let account = parse_id(&input.service_account_id, "service account")?;
    let api = parse_id(&input.api_id, "API")?;
    let row = apis::grant(op, op.tenant()?, &account, &api, &input.scopes).await?;
    Ok(GrantApiScopesPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn revoke(ctx: &Context<'_>, input: RevokeApiScopesInput) -> Result<RevokeApiScopesPayload> {
    let op = changing(ctx)?;
    let account = parse_id(&input.service_account_id, "service account")?;
    let api = parse_id(&input.api_id, "API")?;
    let scopes = input.scopes.as_deref();
    let row = apis::revoke(op, op.tenant()?, &account, &api, scopes).await?;
    Ok(RevokeApiScopesPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
