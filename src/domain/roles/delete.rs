//! Deletion of roles.

use entity::{OrganizationId, TenantScoped, role, role_binding};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};

use super::change::lock;
use super::{event, role_bindings};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::error::{Error, Reason, Result};
use crate::store::in_transaction;

/// Deletes a role that nobody holds. Returns the deleted role.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for a built-in role, and while a service account holds it.
pub async fn delete(
    op: &OpContext,
    organization: &OrganizationId,
    reference: &str,
) -> Result<role::Model> {
    let permission = Permission::RolesDelete;
    let row = super::change::fetch_for(op, permission, organization, reference).await?;
    in_transaction!(op.app.db, transaction => {
        let row = lock(transaction, op, permission, &row).await?;
        if role_bindings::of_role(&row, op.now()).count(transaction).await? > 0 {
            let message = "service accounts hold the role; revoke it from them first";
            return Err(Error::conflict(Reason::RoleInUse, message));
        }
        // Those that have ended would come back with a role of the same label.
        role_binding::Entity::delete_in_org(organization)
            .filter(role_binding::Column::Role.eq(row.label.as_str()))
            .exec(transaction)
            .await?;
        role::Entity::delete_in_org(organization)
            .filter(role::Column::Id.eq(row.id.clone()))
            .exec(transaction)
            .await?;
        let event = event(&row, EventType::RoleDelete).changed(Snapshot::from(&row), Snapshot::default());
        audit::record(transaction, op, event).await?;
        Ok(row)
    })
}
