//! Granting and revoking scopes of APIs.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::begin;
use super::declare::mutation_types;
use crate::authz::Permission;
use crate::domain::apis;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

mutation_types! {
    /// Input of the mutation `grantApiScopes`.
    input GrantApiScopesInput {
        /// ID of the service account.
        service_account_id: ID,
        /// ID of the API.
        api_id: ID,
        /// Scopes to grant, each a scope of the API.
        scopes: Vec<String>,
    }
    /// Payload of the mutation `grantApiScopes`.
    payload GrantApiScopesPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `revokeApiScopes`.
    input RevokeApiScopesInput {
        /// ID of the service account.
        service_account_id: ID,
        /// ID of the API.
        api_id: ID,
        /// Scopes of the API to revoke. Absent or null: all that the service account holds.
        scopes: Option<Vec<String>>,
    }
    /// Payload of the mutation `revokeApiScopes`.
    payload RevokeApiScopesPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

#[derive(Default)]
pub struct ApiScopeMutation;

#[Object]
impl ApiScopeMutation {
    /// Grants scopes of an API to a service account. Scopes that it holds already are ignored.
    #[graphql(
        directive = requires_permission::apply(Permission::ApisGrant.name().to_owned()),
        directive = requires_permission::apply(Permission::ApisRead.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn grant_api_scopes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The scopes, and the service account to grant them to.")]
        input: GrantApiScopesInput,
    ) -> NullOnError<GrantApiScopesPayload> {
        grant(ctx, input).await.into()
    }

    /// Revokes scopes of an API from a service account: tokens issued from then on do not have
    /// them. Scopes that it does not hold are ignored.
    #[graphql(
        directive = requires_permission::apply(Permission::ApisGrant.name().to_owned()),
        directive = requires_permission::apply(Permission::ApisRead.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn revoke_api_scopes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The scopes, and the service account to revoke them from.")]
        input: RevokeApiScopesInput,
    ) -> NullOnError<RevokeApiScopesPayload> {
        revoke(ctx, input).await.into()
    }
}

async fn grant(ctx: &Context<'_>, input: GrantApiScopesInput) -> Result<GrantApiScopesPayload> {
    let op = begin(ctx)?;
    let account = parse_id(&input.service_account_id, "service account")?;
    let api = parse_id(&input.api_id, "API")?;
    let row = apis::grant(op, op.tenant()?, &account, &api, &input.scopes).await?;
    Ok(GrantApiScopesPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn revoke(ctx: &Context<'_>, input: RevokeApiScopesInput) -> Result<RevokeApiScopesPayload> {
    let op = begin(ctx)?;
    let account = parse_id(&input.service_account_id, "service account")?;
    let api = parse_id(&input.api_id, "API")?;
    let scopes = input.scopes.as_deref();
    let row = apis::revoke(op, op.tenant()?, &account, &api, scopes).await?;
    Ok(RevokeApiScopesPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
