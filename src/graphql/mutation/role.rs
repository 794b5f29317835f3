//! Granting and revoking roles.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::begin;
use super::declare::mutation_types;
use crate::authz::{Permission, Role};
use crate::domain::roles;
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

mutation_types! {
    /// Input of the mutation `grantRole`.
    input GrantRoleInput {
        /// ID of the service account.
        service_account_id: ID,
        /// Label of the role, such as `org_viewer`.
        role: String,
    }
    /// Payload of the mutation `grantRole`.
    payload GrantRolePayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `revokeRole`.
    input RevokeRoleInput {
        /// ID of the service account.
        service_account_id: ID,
        /// Label of the role, such as `org_viewer`.
        role: String,
    }
    /// Payload of the mutation `revokeRole`.
    payload RevokeRolePayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

#[derive(Default)]
pub struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Grants a role to a service account. The caller must hold every permission that the service
    /// account holds afterwards. Granting a role that it holds already changes nothing.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role, and the service account to grant it to.")]
        input: GrantRoleInput,
    ) -> NullOnError<GrantRolePayload> {
        grant(ctx, input).await.into()
    }

    /// Revokes a role from a service account. Revoking a role that it does not hold changes
    /// nothing; revoking the role of the last `org_admin` of the organization is a `CONFLICT` with
    /// the reason `LAST_ADMIN`.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role, and the service account to revoke it from.")]
        input: RevokeRoleInput,
    ) -> NullOnError<RevokeRolePayload> {
        revoke(ctx, input).await.into()
    }
}

/// The role of a label that was given as `field`.
pub fn parse(field: &str, label: &str) -> Result<Role> {
    let known = || Role::ALL.iter().map(|role| role.label()).collect::<Vec<_>>().join(", ");
    label.parse().map_err(|()| Error::invalid(field, format!("must be one of {}", known())))
}

async fn grant(ctx: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
    let (op, account) = (begin(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let row = roles::grant(op, op.tenant()?, &account, parse("role", &input.role)?).await?;
    Ok(GrantRolePayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn revoke(ctx: &Context<'_>, input: RevokeRoleInput) -> Result<RevokeRolePayload> {
    let (op, account) = (begin(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let row = roles::revoke(op, op.tenant()?, &account, parse("role", &input.role)?).await?;
    Ok(RevokeRolePayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
