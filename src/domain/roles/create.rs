//! Creation of roles.

use entity::{OrganizationId, TenantScoped, role};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, PaginatorTrait};

use super::input::{self, RoleInput};
use super::{MAX_ROLES, event};
use crate::authz::{Binding, Permission};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::{self, in_transaction};

/// Creates a role. The caller must hold its permissions, in the organization and without an end.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization has a role with this label, or
/// its maximum number of roles.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    input: RoleInput,
) -> Result<role::Model> {
    op.permit(Permission::RolesCreate, organization)?;
    let mut fields = Fields::default();
    let label = fields.check(input::label(&input.label))?;
    let name = fields.check(text::name(&input.name))?;
    let description = fields.check(input::description(input.description.as_deref()))?;
    let permissions = fields.check(input::permissions(&input.permissions))?;
    fields.finish()?;
    op.permit_grant(Permission::RolesCreate, &Binding::unlimited(&label, permissions))?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        if role::Entity::in_org(organization).count(transaction).await? >= MAX_ROLES {
            let message = format!("an organization has at most {MAX_ROLES} roles of its own");
            return Err(Error::conflict(Reason::LimitReached, message));
        }
        let row = role::ActiveModel {
            id: Set(random::id()),
            organization_id: Set(organization.clone()),
            label: Set(label.clone()),
            name: Set(name.clone()),
            description: Set(description.clone()),
            permissions: Set(permissions.names().join(" ")),
            created_at: Set(op.now()),
            updated_at: Set(op.now()),
        };
        let row = row.insert(transaction).await;
        let row = row.map_err(|error| store::on_unique_violation(error, label_taken))?;
        let event = event(&row, EventType::RoleCreate).changed(Snapshot::default(), Snapshot::from(&row));
        audit::record(transaction, op, event).await?;
        Ok(row)
    })
}

fn label_taken() -> Error {
    Error::conflict(Reason::RoleLabelTaken, "the organization has a role with this label")
}
