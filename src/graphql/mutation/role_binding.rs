//! Granting and revoking roles.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::ServiceAccountId;

use super::begin;
use super::declare::mutation_types;
use crate::authz::Permission;
use crate::domain::roles::grants::{self, NewBinding};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::{DateTime, ServiceAccount, unknown_role};

mutation_types! {
    /// Input of the mutation `grantRole`.
    input GrantRoleInput {
        /// ID of the service account.
        service_account_id: ID,
        /// Label or ID of the role, such as `org_viewer`.
        role: String,
        /// ID of the service account that the role is confined to, with its credentials. Absent or null:
        /// the whole organization.
        on_service_account_id: Option<ID>,
        /// Time at which the grant ends, which must be in the future. Absent or null: it does not end.
        expires_at: Option<DateTime>,
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
        /// Label or ID of the role, such as `org_viewer`.
        role: String,
        /// ID of the service account that the role is confined to, with its credentials. Absent or null:
        /// the whole organization.
        on_service_account_id: Option<ID>,
    }
    /// Payload of the mutation `revokeRole`.
    payload RevokeRolePayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

#[derive(Default)]
pub struct RoleBindingMutation;

#[Object]
impl RoleBindingMutation {
    /// Grants a role to a service account, in the whole organization or on one service account. The
    /// caller must hold every permission that the service account holds afterwards, for as long. A role
    /// that the organization created also requires `roles:list`. Granting a role that the service account
    /// holds already sets the end of the grant.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role, and the service account to grant it to.")]
        input: GrantRoleInput,
    ) -> NullOnError<GrantRolePayload> {
        grant(ctx, input).await.into()
    }

    /// Revokes a role from a service account. A role that the organization created also requires
    /// `roles:list`. Revoking a role that the service account does not hold changes nothing; revoking the
    /// role of the last `org_admin` of the organization is a `CONFLICT` with the reason `LAST_ADMIN`.
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

/// The service account that a role is confined to.
fn target(id: Option<ID>) -> Result<Option<ServiceAccountId>> {
    let unknown =
        |_| Error::invalid("on_service_account_id", "must be the ID of a service account");
    id.map(|id| id.parse()).transpose().map_err(unknown)
}

async fn grant(ctx: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
    let (op, account) = (begin(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let new = NewBinding {
        role: input.role,
        target: target(input.on_service_account_id)?,
        expires_at: input.expires_at.map(|at| at.0),
    };
    let row = grants::grant(op, op.tenant()?, &account, &new).await.map_err(unknown_role)?;
    Ok(GrantRolePayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn revoke(ctx: &Context<'_>, input: RevokeRoleInput) -> Result<RevokeRolePayload> {
    let (op, account) = (begin(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let target = target(input.on_service_account_id)?;
    let revoked = grants::revoke(op, op.tenant()?, &account, &input.role, target.as_ref()).await;
    Ok(RevokeRolePayload {
        service_account: Some(ServiceAccount(Arc::new(revoked.map_err(unknown_role)?))),
        client_mutation_id: input.client_mutation_id,
    })
}
