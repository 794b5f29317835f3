//! Changes to organizations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{change, changing};
use crate::authz::Permission;
use crate::domain::organizations::{self, Change};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::types::Organization;

/// A change to an organization.
#[derive(InputObject)]
pub struct UpdateOrganizationInput {
    /// The id or the label of the organization.
    id: ID,
    /// What people call it: 1 to 255 characters; absent keeps it.
    name: MaybeUndefined<String>,
    /// A lower-case DNS segment of at most 63 characters that no other organization has; absent
    /// keeps it.
    label: MaybeUndefined<String>,
    /// An opaque string that the payload returns unchanged.
    client_mutation_id: Option<String>,
}

/// An organization that was changed.
#[derive(SimpleObject)]
pub struct UpdateOrganizationPayload {
    /// The organization as it is now; null, with an error, if a field below it failed after the
    /// change.
    organization: Option<Organization>,
    /// The value that the input had.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Changes the name or the label of an organization.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsUpdate.name().to_owned()))]
    async fn update_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to be otherwise.")] input: UpdateOrganizationInput,
    ) -> Gate<UpdateOrganizationPayload> {
        update(ctx, input).await.into()
    }
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateOrganizationInput,
) -> Result<UpdateOrganizationPayload> {
    let change = Change { name: change(input.name), label: change(input.label) };
    let row = organizations::update(changing(ctx)?, &input.id, change).await?;
    Ok(UpdateOrganizationPayload {
        organization: Some(Organization(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
