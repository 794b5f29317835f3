//! Changes to APIs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{change, changing};
use crate::authz::Permission;
use crate::domain::apis::{self, Change, New};
use crate::domain::organizations;
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::Api;

/// An API to be registered.
#[derive(InputObject)]
pub struct CreateApiInput {
    /// The id or the label of the organization.
    organization_id: ID,
    /// The URI that clients name it by, as `resource`: absolute, without a fragment, in normal form,
    /// at most 255 characters. It must be one that the operator allows the organization to register
    /// (else `CONFLICT` with the reason `IDENTIFIER_NOT_ALLOWED`), and stays reserved for the
    /// organization after the API is deleted.
    identifier: String,
    /// What people call it: 1 to 255 characters.
    name: String,
    /// Its scopes: 1 to 100, each of 1 to 100 characters.
    scopes: Vec<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// An API that was registered.
#[derive(SimpleObject)]
pub struct CreateApiPayload {
    /// The new API; null, with an error, if a field below it failed after the API was registered.
    api: Option<Api>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// A change to an API.
#[derive(InputObject)]
pub struct UpdateApiInput {
    /// The id of the API.
    id: ID,
    /// What people call it: 1 to 255 characters; absent keeps it.
    name: MaybeUndefined<String>,
    /// All of its scopes, which replace those that it has: 1 to 100, each of 1 to 100 characters;
    /// absent or null keeps them. Excludes `addScopes` and `removeScopes`.
    scopes: Option<Vec<String>>,
    /// Scopes to add, each of 1 to 100 characters; an API has at most 100. Those that it has are
    /// ignored.
    add_scopes: Option<Vec<String>>,
    /// Scopes to remove; at least one must be left. Those that it does not have are ignored.
    remove_scopes: Option<Vec<String>>,
    /// With `true`, removed scopes that service accounts hold are revoked from them; by default
    /// (absent, null or `false`), such a change is a `CONFLICT` with the reason `SCOPE_IN_USE`.
    force: Option<bool>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// An API that was changed.
#[derive(SimpleObject)]
pub struct UpdateApiPayload {
    /// The API as it is now; null, with an error, if a field below it failed after the change.
    api: Option<Api>,
    /// Number of removed scopes that were revoked, counted once for each service account that held
    /// them. 0 without `force`.
    revoked_grants: i32,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

/// An API to be deleted.
#[derive(InputObject)]
pub struct DeleteApiInput {
    /// The id of the API.
    id: ID,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// An API that was deleted.
#[derive(SimpleObject)]
pub struct DeleteApiPayload {
    /// The id that it had.
    deleted_id: ID,
    /// Number of its scopes that were revoked, counted once for each service account that held
    /// them.
    revoked_grants: i32,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct ApiMutation;

#[Object]
impl ApiMutation {
    /// Registers an API that tokens of the organization are for.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsUpdate.name().to_owned()))]
    async fn create_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: CreateApiInput,
    ) -> Gate<CreateApiPayload> {
        create(ctx, input).await.into()
    }

    /// Changes the name or the scopes of an API. A removed scope is in no token from then on. A
    /// change without effect writes nothing.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsUpdate.name().to_owned()))]
    async fn update_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API and its changes.")] input: UpdateApiInput,
    ) -> Gate<UpdateApiPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes an API with all grants of its scopes: no more tokens are issued for it. Its identifier
    /// stays reserved for the organization, which may register it again.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsUpdate.name().to_owned()))]
    async fn delete_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteApiInput,
    ) -> Gate<DeleteApiPayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(ctx: &Context<'_>, input: CreateApiInput) -> Result<CreateApiPayload> {
    let op = changing(ctx)?;
    let organization = organizations::resolve(op, &input.organization_id)?;
    let new = New { identifier: input.identifier, name: input.name, scopes: input.scopes };
    let row = apis::create(op, organization, new).await?;
    Ok(CreateApiPayload {
        api: Some(Api(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn update(ctx: &Context<'_>, input: UpdateApiInput) -> Result<UpdateApiPayload> {
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "API")?);
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
    let (op, id) = (changing(ctx)?, parse_id(&input.id, "API")?);
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
