//! Changes to organizations.

use std::sync::Arc;

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::declare::mutation_types;
use super::{begin, change};
use crate::authz::Permission;
use crate::domain::organizations::{self, Change};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::types::Organization;

mutation_types! {
    /// Input of the mutation `updateOrganization`.
    input UpdateOrganizationInput {
        /// ID or label of the organization.
        id: ID,
        /// New display name: 1 to 255 characters. Absent: unchanged.
        name: MaybeUndefined<String>,
        /// New label: a lower-case DNS label of at most 63 characters that no other organization has.
        /// Absent: unchanged.
        label: MaybeUndefined<String>,
    }
    /// Payload of the mutation `updateOrganization`.
    payload UpdateOrganizationPayload {
        /// The organization after the change. Null, with an error, if one of its fields failed after
        /// the change.
        organization: Option<Organization>,
    }
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
        #[graphql(desc = "The organization to change, and its changes.")]
        input: UpdateOrganizationInput,
    ) -> NullOnError<UpdateOrganizationPayload> {
        update(ctx, input).await.into()
    }
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateOrganizationInput,
) -> Result<UpdateOrganizationPayload> {
    let change = Change { name: change(input.name), label: change(input.label) };
    let row = organizations::update(begin(ctx)?, &input.id, change).await?;
    Ok(UpdateOrganizationPayload {
        organization: Some(Organization(Arc::new(row))),
        client_mutation_id: input.client_mutation_id,
    })
}
