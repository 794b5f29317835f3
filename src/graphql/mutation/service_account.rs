//! Changes to service accounts.

use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::declare::mutation_types;
use super::{begin, change, key};
use crate::authz::Permission;
use crate::domain::organizations;
use crate::domain::service_accounts::{self, ServiceAccountChange, ServiceAccountInput};
use crate::domain::text::Change;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::ServiceAccount;

mutation_types! {
    /// Input of the mutation `createServiceAccount`.
    input CreateServiceAccountInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// Display name: 1 to 255 characters.
        name: String,
        /// Purpose in free text: at most 500 characters. Absent or null: no description.
        description: Option<String>,
        /// Labels of the roles to grant to the service account. They require `roles:grant`, and that
        /// the caller holds every permission of the roles. Absent or null: none.
        roles: Option<Vec<String>>,
        /// ID of the service account in the tool that declares it: 1 to 255 visible characters, unique
        /// in the organization. It can be set once and never changes. Absent or null: none.
        external_id: Option<String>,
        /// Key that makes the request safe to retry: repeated within ten minutes with the same input,
        /// it creates nothing and returns the first result, with its client secret if it has one. 1 to
        /// 255 visible characters. Absent or null: every request creates a new object.
        idempotency_key: Option<String>,
    }
    /// Payload of the mutation `createServiceAccount`.
    payload CreateServiceAccountPayload {
        /// The created service account. Null, with an error, if one of its fields failed after the
        /// change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `updateServiceAccount`.
    input UpdateServiceAccountInput {
        /// ID of the service account.
        id: ID,
        /// New display name: 1 to 255 characters. Absent: unchanged.
        name: MaybeUndefined<String>,
        /// New purpose in free text: at most 500 characters. Absent: unchanged; null: removed.
        description: MaybeUndefined<String>,
        /// ID of the service account in the tool that declares it: 1 to 255 visible characters, unique
        /// in the organization. It can be set once and never changes. Absent or null: unchanged.
        external_id: Option<String>,
    }
    /// Payload of the mutation `updateServiceAccount`.
    payload UpdateServiceAccountPayload {
        /// The service account after the change. Null, with an error, if one of its fields failed after
        /// the change.
        service_account: Option<ServiceAccount>,
    }
}

mutation_types! {
    /// Input of the mutation `deleteServiceAccount`.
    input DeleteServiceAccountInput {
        /// ID of the service account.
        id: ID,
    }
    /// Payload of the mutation `deleteServiceAccount`.
    payload DeleteServiceAccountPayload {
        /// ID of the deleted service account.
        deleted_id: ID,
        /// IDs of the credentials that were deleted with the service account; null if the caller may
        /// not list credentials.
        deleted_credential_ids: Option<Vec<ID>>,
    }
}

#[derive(Default)]
pub struct ServiceAccountMutation;

#[Object]
impl ServiceAccountMutation {
    /// Creates a service account in an organization.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsCreate.name().to_owned()))]
    async fn create_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to create.")] input: CreateServiceAccountInput,
    ) -> NullOnError<CreateServiceAccountPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name or the description of a service account, or sets its external ID.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn update_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to change, and its changes.")]
        input: UpdateServiceAccountInput,
    ) -> NullOnError<UpdateServiceAccountPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes a service account and its credentials: they and their tokens are rejected from the
    /// next request on.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsDelete.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn delete_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account to delete.")] input: DeleteServiceAccountInput,
    ) -> NullOnError<DeleteServiceAccountPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateServiceAccountInput,
) -> Result<CreateServiceAccountPayload> {
    let op = begin(ctx)?;
    let organization = organizations::resolve(op, &input.organization_id)?;
    let new = ServiceAccountInput {
        name: input.name,
        description: input.description,
        roles: input.roles.unwrap_or_default(),
        external_id: input.external_id,
    };
    let key = key(input.idempotency_key);
    let row = service_accounts::create(op, organization, new, key.as_ref()).await?;
    Ok(CreateServiceAccountPayload {
        service_account: Some(ServiceAccount(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateServiceAccountInput,
) -> Result<UpdateServiceAccountPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "service account")?);
    let text = Change { name: change(input.name), description: change(input.description) };
    let change = ServiceAccountChange { text, external_id: input.external_id };
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
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "service account")?);
    let may_list = op.may(Permission::CredentialsList, op.tenant()?);
    let credentials = service_accounts::delete(op, op.tenant()?, &id).await?;
    Ok(DeleteServiceAccountPayload {
        deleted_id: input.id,
        deleted_credential_ids: may_list.then(|| credentials.iter().map(ID::from).collect()),
        client_mutation_id: input.client_mutation_id,
    })
}
