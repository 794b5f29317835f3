//! Granting and revoking roles.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changing;
use crate::authz::{Permission, Role};
use crate::domain::roles;
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

/// A role to be granted.
#[derive(InputObject)]
pub struct GrantRoleInput {
    /// The id of the service account that is to hold it.
    service_account_id: ID,
    /// The label of the role, such as `org_viewer`.
    role: String,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A role that was granted.
#[derive(SimpleObject)]
pub struct GrantRolePayload {
    /// The service account that holds it now; null, with an error, if a field below it failed after
    /// the change.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A role to be revoked.
#[derive(InputObject)]
pub struct RevokeRoleInput {
    /// The id of the service account that is to hold it no more.
    service_account_id: ID,
    /// The label of the role, such as `org_viewer`.
    role: String,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A role that was revoked.
#[derive(SimpleObject)]
pub struct RevokeRolePayload {
    /// The service account that does not hold it any more; null, with an error, if a field below it
    /// failed after the change.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Grants a role: the caller must hold all that the account will hold then. Granting what is
    /// held already changes nothing.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()))]
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, to whom.")] input: GrantRoleInput,
    ) -> Gate<GrantRolePayload> {
        grant(ctx, input).await.into()
    }

    /// Revokes a role. Revoking what is not held changes nothing; an organization keeps its last
    /// admin.
    #[graphql(directive = requires_permission::apply(Permission::RolesGrant.name().to_owned()))]
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, from whom.")] input: RevokeRoleInput,
    ) -> Gate<RevokeRolePayload> {
        revoke(ctx, input).await.into()
    }
}

/// The role of a label that was given as `field`.
pub fn parse(field: &str, label: &str) -> Result<Role> {
    let known = || Role::ALL.iter().map(|role| role.label()).collect::<Vec<_>>().join(", ");
    label.parse().map_err(|()| Error::invalid(field, format!("must be one of {}", known())))
}

async fn grant(ctx: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
    let (op, account) = (changing(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let row = roles::grant(op, op.tenant()?, &account, parse("role", &input.role)?).await?;
    Ok(GrantRolePayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn revoke(ctx: &Context<'_>, input: RevokeRoleInput) -> Result<RevokeRolePayload> {
    let (op, account) = (changing(ctx)?, parse_id(&input.service_account_id, "service account")?);
    let row = roles::revoke(op, op.tenant()?, &account, parse("role", &input.role)?).await?;
    Ok(RevokeRolePayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
