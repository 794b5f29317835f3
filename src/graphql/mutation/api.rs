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
    /// The URI that clients name it by, as `resource`: absolute, without a fragment, at most 255
    /// characters, and no other API's.
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
    /// The new API.
    api: Api,
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
    /// All of its scopes: 1 to 100, each of 1 to 100 characters; absent or null keeps them.
    scopes: Option<Vec<String>>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// An API that was changed.
#[derive(SimpleObject)]
pub struct UpdateApiPayload {
    /// The API as it is now.
    api: Api,
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

    /// Changes the name or the scopes of an API. A scope that is gone is in no token from then on.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsUpdate.name().to_owned()))]
    async fn update_api(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to be otherwise.")] input: UpdateApiInput,
    ) -> Gate<UpdateApiPayload> {
        update(ctx, input).await.into()
    }

    /// Deletes an API with all grants of its scopes: no more tokens are issued for it.
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
    let cx = changing(ctx)?;
    let organization = organizations::resolve(cx, &input.organization_id)?;
    let new = New { identifier: input.identifier, name: input.name, scopes: input.scopes };
    let row = apis::create(cx, organization, new).await?;
    Ok(CreateApiPayload { api: Api(Arc::new(row)), client_mutation_id: input.client_mutation_id })
}

async fn update(ctx: &Context<'_>, input: UpdateApiInput) -> Result<UpdateApiPayload> {
    let (cx, id) = (changing(ctx)?, parse_id(&input.id, "API")?);
    let change = Change { name: change(input.name), scopes: input.scopes };
    let row = apis::update(cx, cx.tenant()?, &id, change).await?;
    Ok(UpdateApiPayload { api: Api(Arc::new(row)), client_mutation_id: input.client_mutation_id })
}

async fn delete(ctx: &Context<'_>, input: DeleteApiInput) -> Result<DeleteApiPayload> {
    let (cx, id) = (changing(ctx)?, parse_id(&input.id, "API")?);
    apis::delete(cx, cx.tenant()?, &id).await?;
    Ok(DeleteApiPayload { deleted_id: input.id, client_mutation_id: input.client_mutation_id })
}
