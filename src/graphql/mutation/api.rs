//! Changes to APIs.

use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::declare::mutation_types;
use super::{begin, change, key};
use crate::authz::Permission;
use crate::domain::apis::{self, ApiInput, Change};
use crate::domain::organizations;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::parse_id;
use crate::graphql::types::Api;

mutation_types! {
    /// Input of the mutation `createApi`.
    input CreateApiInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// Absolute URI that identifies the API as the `resource` of token requests (RFC 8707, section
        /// 2): without a fragment, in normal form, at most 255 characters. The operator must allow the
        /// organization to register it (otherwise `CONFLICT` with the reason `IDENTIFIER_NOT_ALLOWED`).
        /// It stays reserved for the organization after the API is deleted.
        identifier: String,
        /// Display name: 1 to 255 characters.
        name: String,
        /// Scopes of the API: 1 to 100, each of 1 to 100 characters.
        scopes: Vec<String>,
        /// Key that makes the request safe to retry: repeated within ten minutes with the same input,
        /// it creates nothing and returns the first result, with its client secret if it has one. 1 to
        /// 255 visible characters. Absent or null: every request creates a new object.
        idempotency_key: Option<String>,
    }
    /// Payload of the mutation `createApi`.
    payload CreateApiPayload {
        /// The registered API. Null, with an error, if one of its fields failed after the change.
        api: Option<Api>,
    }
}

mutation_types! {
    /// Input of the mutation `updateApi`.
    input UpdateApiInput {
        /// ID of the API.
        id: ID,
        /// New display name: 1 to 255 characters. Absent: unchanged.
        name: MaybeUndefined<String>,
        /// Scopes that replace all scopes of the API: 1 to 100, each of 1 to 100 characters. Absent or
        /// null: unchanged. Excludes `addScopes` and `removeScopes`.
        scopes: Option<Vec<String>>,
        /// Scopes to add to the API, each of 1 to 100 characters; an API has at most 100. Scopes that
        /// it has already are ignored. Absent or null: none.
        add_scopes: Option<Vec<String>>,
        /// Scopes to remove from the API, of which at least one must remain. Scopes that it does not
        /// have are ignored. Absent or null: none.
        remove_scopes: Option<Vec<String>>,
        /// Whether to revoke removed scopes from the service accounts that hold them. Default: false;
        /// removing such a scope is then a `CONFLICT` with the reason `SCOPE_IN_USE`.
        force: Option<bool>,
    }
    /// Payload of the mutation `updateApi`.
    payload UpdateApiPayload {
        /// The API after the change. Null, with an error, if one of its fields failed after the change.
        api: Option<Api>,
        /// Number of removed scopes that were revoked, counted once for each service account that held
        /// them; 0 without `force`.
        revoked_grants: i32,
    }
}

mutation_types! {
    /// Input of the mutation `deleteApi`.
    input DeleteApiInput {
        /// ID of the API.
        id: ID,
    }
    /// Payload of the mutation `deleteApi`.
    payload DeleteApiPayload {
        /// ID of the deleted API.
        deleted_id: ID,
        /// Number of scopes of the API that were revoked, counted once for each service account that
        /// held them.
        revoked_grants: i32,
    }
}

#[derive(Default)]
pub struct ApiMutation;

#[Object]
impl ApiMutation {
    /// Registers an API that access tokens of the organization can be issued for.
    #[graphql(directive = requires_permission::apply(Permission::ApisCreate.name().to_owned()))]
    async fn create_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API to register.")] input: CreateApiInput,
    ) -> NullOnError<CreateApiPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name or the scopes of an API. Tokens issued from then on have no removed scope.
    /// Removing a scope that service accounts hold also requires `apis:grant`, `service_accounts:read`
    /// and every permission that they hold. A change without effect writes nothing.
    #[graphql(directive = requires_permission::apply(Permission::ApisUpdate.name().to_owned()), directive = requires_permission::apply(Permission::ApisRead.name().to_owned()))]
    async fn update_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API and its changes.")] input: UpdateApiInput,
    ) -> NullOnError<UpdateApiPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes an API and revokes its scopes from all service accounts: no more tokens are issued
    /// for it. If service accounts hold some, it also requires `apis:grant`, `service_accounts:read` and
    /// every permission that they hold. Its identifier stays reserved for the organization, which may
    /// register it again.
    #[graphql(directive = requires_permission::apply(Permission::ApisDelete.name().to_owned()), directive = requires_permission::apply(Permission::ApisRead.name().to_owned()))]
    async fn delete_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API to delete.")] input: DeleteApiInput,
    ) -> NullOnError<DeleteApiPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(ctx: &Context<'_>, input: CreateApiInput) -> Result<CreateApiPayload> {
    let op = begin(ctx)?;
    let organization = organizations::resolve(op, &input.organization_id)?;
    let new = ApiInput { identifier: input.identifier, name: input.name, scopes: input.scopes };
    let key = key(input.idempotency_key);
    let row = apis::create(op, organization, new, key.as_ref()).await?;
    Ok(CreateApiPayload {
        api: Some(Api(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn update(ctx: &Context<'_>, input: UpdateApiInput) -> Result<UpdateApiPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "API")?);
    let change = Change {
        name: change(input.name),
        scopes: input.scopes,
        add_scopes: input.add_scopes,
        remove_scopes: input.remove_scopes,
        force: input.force.unwrap_or_default(),
    };
    let updated = apis::update(op, op.tenant()?, &id, change).await?;
    Ok(UpdateApiPayload {
        api: Some(Api(Arc::new(updated.api))),
        revoked_grants: count(updated.revoked_grants),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn delete(ctx: &Context<'_>, input: DeleteApiInput) -> Result<DeleteApiPayload> {
    let (op, id) = (begin(ctx)?, parse_id(&input.id, "API")?);
    let revoked_grants = count(apis::delete(op, op.tenant()?, &id).await?);
    Ok(DeleteApiPayload {
        deleted_id: input.id,
        revoked_grants,
        client_mutation_id: input.client_mutation_id,
    })
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
