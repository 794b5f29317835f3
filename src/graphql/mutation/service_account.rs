//! Changes to service accounts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{change, changing, key, role};
use crate::authz::Permission;
use crate::domain::organizations;
use crate::domain::service_accounts::{self, ServiceAccountInput};
use crate::domain::text::Change;
use crate::error::{Fields, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

/// A service account to be made.
#[derive(InputObject)]
pub struct CreateServiceAccountInput {
    /// The id or the label of its organization.
    organization_id: ID,
    /// What people call it: 1 to 255 characters.
    name: String,
    /// What it is for: at most 500 characters.
    description: Option<String>,
    /// The labels of the roles that it is to hold from the start; the caller must hold all that
    /// they hold, and be allowed to grant roles.
    roles: Option<Vec<String>>,
    /// Makes this create repeatable: sent again within ten minutes with the same input, it returns
    /// what it created, with the secret of a credential. 1 to 255 visible characters.
    idempotency_key: Option<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A service account that was made.
#[derive(SimpleObject)]
pub struct CreateServiceAccountPayload {
    /// The new service account; null, with an error, if a field below it failed after it was created.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A change to a service account.
#[derive(InputObject)]
pub struct UpdateServiceAccountInput {
    /// The id of the service account.
    id: ID,
    /// What people call it: 1 to 255 characters; absent keeps it.
    name: MaybeUndefined<String>,
    /// What it is for: at most 500 characters; absent keeps it, null clears it.
    description: MaybeUndefined<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A service account that was changed.
#[derive(SimpleObject)]
pub struct UpdateServiceAccountPayload {
    /// The service account as it is now; null, with an error, if a field below it failed after the
    /// change.
    service_account: Option<ServiceAccount>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A service account to be deleted.
#[derive(InputObject)]
pub struct DeleteServiceAccountInput {
    /// The id of the service account.
    id: ID,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// A service account that was deleted.
#[derive(SimpleObject)]
pub struct DeleteServiceAccountPayload {
    /// The id of the service account.
    deleted_id: ID,
    /// The ids of its credentials, which were deleted with it; null for a caller who may not list
    /// credentials.
    deleted_credential_ids: Option<Vec<ID>>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct ServiceAccountMutation;

#[Object]
impl ServiceAccountMutation {
    /// Makes a service account.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsCreate.name().to_owned()))]
    async fn create_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: CreateServiceAccountInput,
    ) -> Gate<CreateServiceAccountPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name or the description of a service account.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn update_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to be otherwise.")] input: UpdateServiceAccountInput,
    ) -> Gate<UpdateServiceAccountPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes a service account with its credentials: they and their tokens are refused from
    /// the next request on.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsDelete.name().to_owned()))]
    async fn delete_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteServiceAccountInput,
    ) -> Gate<DeleteServiceAccountPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateServiceAccountInput,
) -> Result<CreateServiceAccountPayload> {
    let op = changing(ctx)?;
    let organization = organizations::resolve(op, &input.organization_id)?;
    let labels = input.roles.unwrap_or_default();
    let (mut fields, mut roles) = (Fields::default(), Vec::new());
    for (at, label) in labels.iter().enumerate() {
        let role = role::parse(&format!("roles.{at}"), label);
        roles.extend(fields.check(role.map(Some))?);
    }
    roles.sort();
    roles.dedup();
    let new = ServiceAccountInput { name: input.name, description: input.description, roles };
    let key = key(input.idempotency_key);
    let row = service_accounts::create_with(fields, op, organization, new, key.as_ref()).await?;
    Ok(CreateServiceAccountPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateServiceAccountInput,
) -> Result<UpdateServiceAccountPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "service account")?);
    let change = Change { name: change(input.name), description: change(input.description) };
    let row = service_accounts::update(op, op.tenant()?, &id, change).await?;
    Ok(UpdateServiceAccountPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn delete(
    ctx: &Context<'_>,
    input: DeleteServiceAccountInput,
) -> Result<DeleteServiceAccountPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "service account")?);
    let may_list = op.may(Permission::CredentialsList, op.tenant()?);
    let credentials = service_accounts::delete(op, op.tenant()?, &id).await?;
    Ok(DeleteServiceAccountPayload {
        deleted_id: input.id,
        deleted_credential_ids: may_list.then(|| credentials.iter().map(ID::from).collect()),
        client_mutation_id: input.client_mutation_id,
    })
}
