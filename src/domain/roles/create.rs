//! Creation of roles.

use entity::{OrganizationId, RoleId, TenantScoped, role};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::input::{self, RoleInput};
use super::{MAX_ROLES, event};
use crate::authz::{Binding, Permission};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::idempotency::{self, Claim, IdempotencyKey, StoredResult};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::{self, in_transaction};

/// Creates a role. The caller must hold its permissions, in the organization and without an end. With a
/// `key`, retries create none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization has a role with this label, or
/// its maximum number of roles, when the key was used for something else, or when the role that it
/// created was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    input: RoleInput,
    key: Option<&IdempotencyKey>,
) -> Result<role::Model> {
    op.permit(Permission::RolesCreate, organization)?;
    let new = validate(op, organization, &input, key)?;
    let claim = Claim::new(op, key, ("roles.create", organization.as_str()), &input)?;
    if let Some(created) = claim.replay(op).await? {
        return replayed(op, &created, new).await;
    }
    let created = in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        if !claim.acquire(transaction).await? {
            return Ok(None);
        }
        let row = insert(transaction, op, new.clone()).await?;
        claim.store(transaction, op, &StoredResult::without_secret(&row.id)).await?;
        Ok(Some(row))
    })?;
    match created {
        Some(row) => Ok(row),
        None => replayed(op, &claim.replay_first(op).await?, new).await,
    }
}

/// The role to create, whose permissions the caller holds.
fn validate(
    op: &OpContext,
    organization: &OrganizationId,
    input: &RoleInput,
    key: Option<&IdempotencyKey>,
) -> Result<role::Model> {
    let mut fields = Fields::default();
    let label = fields.check(input::label(&input.label))?;
    let name = fields.check(text::name(&input.name))?;
    let description = fields.check(input::description(input.description.as_deref()))?;
    let permissions = fields.check(input::permissions(&input.permissions))?;
    fields.check(IdempotencyKey::check(key))?;
    fields.finish()?;
    op.permit_grant(Permission::RolesCreate, &Binding::unlimited(&label, permissions))?;
    let now = op.now();
    Ok(role::Model {
        id: random::id(),
        organization_id: organization.clone(),
        label,
        name,
        description,
        permissions: permissions.names().join(" "),
        created_at: now,
        updated_at: now,
    })
}

/// Inserts a role of an organization, which must be locked.
async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    new: role::Model,
) -> Result<role::Model> {
    if role::Entity::in_org(&new.organization_id).count(on).await? >= MAX_ROLES {
        let message = format!("an organization has at most {MAX_ROLES} roles of its own");
        return Err(Error::conflict(Reason::LimitReached, message));
    }
    let row = new.into_active_model().insert(on).await;
    let row = row.map_err(|error| store::on_unique_violation(error, label_taken))?;
    let event =
        event(&row, EventType::RoleCreate).changed(Snapshot::default(), Snapshot::from(&row));
    audit::record(on, op, event).await?;
    Ok(row)
}

/// The role that an earlier request with the same key created. A caller who may not list roles sees it
/// as it was created.
async fn replayed(op: &OpContext, created: &StoredResult, new: role::Model) -> Result<role::Model> {
    let id = role::Column::Id.eq(created.id::<RoleId>()?);
    let row = role::Entity::in_org(&new.organization_id).filter(id).one(op.db()).await?;
    let row = row.ok_or_else(idempotency::deleted)?;
    if op.may(Permission::RolesList, &row.organization_id) {
        return Ok(row);
    }
    let (id, created_at) = (row.id, row.created_at);
    Ok(role::Model { id, created_at, updated_at: created_at, ..new })
}

fn label_taken() -> Error {
    Error::conflict(Reason::RoleLabelTaken, "the organization has a role with this label")
}
