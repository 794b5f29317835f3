//! Changes to the roles of an organization.

use async_graphql::{Context, ID, MaybeUndefined, Object, SimpleObject};

use super::declare::mutation_types;
use super::{begin, change, key};
use crate::authz::Permission;
use crate::domain::organizations;
use crate::domain::roles::{self, HolderChange, RoleChange, RoleInput};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::types::Role;

mutation_types! {
    /// Input of the mutation `createRole`.
    input CreateRoleInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// Label that names the role in other inputs, unique in the organization: 1 to 63 lower-case
        /// letters, digits, hyphens and underscores. It never changes, and must not start with `org_`.
        label: String,
        /// Display name: 1 to 255 characters.
        name: String,
        /// Purpose in free text: at most 500 characters. Absent or null: no description.
        description: Option<String>,
        /// Permissions of the role, each as `<resource type>:<action>`. The caller must hold them all.
        permissions: Vec<String>,
        /// Key that makes the request safe to retry: repeated within ten minutes with the same input,
        /// it creates nothing and returns the first result, with its client secret if it has one. 1 to
        /// 255 visible characters. Absent or null: every request creates a new object.
        idempotency_key: Option<String>,
    }
    /// Payload of the mutation `createRole`.
    payload CreateRolePayload {
        /// The created role. Null, with an error, if one of its fields failed after the change.
        role: Option<Role>,
    }
}

mutation_types! {
    /// Input of the mutation `updateRole`.
    input UpdateRoleInput {
        /// ID or label of the role.
        id: ID,
        /// New display name: 1 to 255 characters. Absent: unchanged.
        name: MaybeUndefined<String>,
        /// New purpose in free text: at most 500 characters. Absent: unchanged; null: removed.
        description: MaybeUndefined<String>,
        /// Permissions that replace all permissions of the role. Absent or null: unchanged.
        permissions: Option<Vec<String>>,
        /// Report of the results without any change. Absent or null: false.
        dry_run: Option<bool>,
    }
    /// Payload of the mutation `updateRole`.
    payload UpdateRolePayload {
        /// The role after the change, or unchanged after a dry run. Null, with an error, if one of its
        /// fields failed after the change.
        role: Option<Role>,
        /// Number of service accounts that hold the role.
        holder_count: i32,
        /// Number of service accounts that gain or lose permissions by the change.
        changed_holder_count: i32,
        /// Gains and losses of these, in the order of their IDs: the first 100 entries; none for a caller
        /// who may not read service accounts.
        holders: Vec<RoleHolderChange>,
    }
}

mutation_types! {
    /// Input of the mutation `deleteRole`.
    input DeleteRoleInput {
        /// ID or label of the role.
        id: ID,
    }
    /// Payload of the mutation `deleteRole`.
    payload DeleteRolePayload {
        /// ID of the deleted role.
        deleted_id: ID,
    }
}

/// Permissions that a service account gains and loses by the change of a role that it holds. What it
/// holds by another role, it neither gains nor loses.
#[derive(SimpleObject)]
pub struct RoleHolderChange {
    /// ID of the service account.
    service_account_id: ID,
    /// ID of the service account that the role is confined to, with its credentials; null for a role in
    /// the whole organization.
    on_service_account_id: Option<ID>,
    /// Permissions that the service account gains, each as `<resource type>:<action>`.
    gains: Vec<&'static str>,
    /// Permissions that the service account loses, each as `<resource type>:<action>`.
    losses: Vec<&'static str>,
}

impl From<HolderChange> for RoleHolderChange {
    fn from(change: HolderChange) -> Self {
        Self {
            service_account_id: ID::from(&change.account),
            on_service_account_id: change.target.as_ref().map(ID::from),
            gains: change.gains.names(),
            losses: change.losses.names(),
        }
    }
}

#[derive(Default)]
pub struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Creates a role. The caller must hold its permissions itself, in the whole organization and
    /// without an end. An organization has at most 100 roles of its own.
    #[graphql(directive = requires_permission::apply(Permission::RolesCreate.name().to_owned()))]
    async fn create_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role to create.")] input: CreateRoleInput,
    ) -> NullOnError<CreateRolePayload> {
        create(ctx, input).await.into()
    }

    /// Changes a role for all service accounts that hold it, at once. The caller must hold the
    /// permissions of the changed role, and every permission that each of its holders holds. A
    /// built-in role cannot be changed.
    #[graphql(directive = requires_permission::apply(Permission::RolesUpdate.name().to_owned()), directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role and its changes.")] input: UpdateRoleInput,
    ) -> NullOnError<UpdateRolePayload> {
        update(ctx, input).await.into()
    }

    /// Deletes a role that no service account holds; otherwise it is a `CONFLICT` with the reason
    /// `ROLE_IN_USE`. A built-in role cannot be deleted.
    #[graphql(directive = requires_permission::apply(Permission::RolesDelete.name().to_owned()), directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn delete_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role to delete.")] input: DeleteRoleInput,
    ) -> NullOnError<DeleteRolePayload> {
        delete(ctx, input).await.into()
    }
}

async fn create(ctx: &Context<'_>, input: CreateRoleInput) -> Result<CreateRolePayload> {
    let op = begin(ctx)?;
    let organization = organizations::resolve(op, &input.organization_id)?;
    let new = RoleInput {
        label: input.label,
        name: input.name,
        description: input.description,
        permissions: input.permissions,
    };
    let key = key(input.idempotency_key);
    let row = roles::create(op, organization, new, key.as_ref()).await?;
    Ok(CreateRolePayload {
        role: Some(Role(row.into())),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn update(ctx: &Context<'_>, input: UpdateRoleInput) -> Result<UpdateRolePayload> {
    let op = begin(ctx)?;
    let change = RoleChange {
        name: change(input.name),
        description: change(input.description),
        permissions: input.permissions,
    };
    let dry_run = input.dry_run.unwrap_or_default();
    let updated = roles::update(op, op.tenant()?, &input.id, change, dry_run).await?;
    let changes = updated.impact.changes.into_iter();
    Ok(UpdateRolePayload {
        role: Some(Role(updated.role.into())),
        holder_count: i32::try_from(updated.impact.holders).map_err(Error::internal)?,
        changed_holder_count: i32::try_from(updated.impact.changed_holders)
            .map_err(Error::internal)?,
        holders: changes.map(RoleHolderChange::from).collect(),
        client_mutation_id: input.client_mutation_id,
    })
}

async fn delete(ctx: &Context<'_>, input: DeleteRoleInput) -> Result<DeleteRolePayload> {
    let op = begin(ctx)?;
    let row = roles::delete(op, op.tenant()?, &input.id).await?;
    Ok(DeleteRolePayload {
        deleted_id: ID::from(&row.id),
        client_mutation_id: input.client_mutation_id,
    })
}
