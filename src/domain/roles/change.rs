//! Roles that are about to change.

use std::sync::Arc;

use entity::{OrganizationId, role};
use sea_orm::ConnectionTrait;

use super::RoleDefinition;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::locks;
use crate::error::{Error, Reason, Result};

/// A change to a role; absent fields stay.
#[derive(Debug, Default)]
pub struct RoleChange {
    /// Display name.
    pub name: Option<String>,
    /// Description; an empty text clears it.
    pub description: Option<String>,
    /// The names of all of its permissions.
    pub permissions: Option<Vec<String>>,
}

/// The role, if the caller may do `permission` to it.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for a built-in role, or the database does not respond.
pub(super) async fn fetch_for(
    op: &OpContext,
    permission: Permission,
    organization: &OrganizationId,
    reference: &str,
) -> Result<role::Model> {
    op.permit(Permission::OrganizationsRead, organization)?;
    op.permit_held(permission)?;
    // `NotFound`, not `Forbidden`, for a role that the caller may not read.
    let role = super::fetch(op, organization, reference).await?;
    op.permit(permission, organization)?;
    match role {
        RoleDefinition::BuiltIn(_) => {
            Err(Error::conflict(Reason::BuiltInRole, "a built-in role cannot be changed"))
        }
        RoleDefinition::Custom(row) => Ok(Arc::unwrap_or_clone(row)),
    }
}

/// Locks the role: its bindings are created under this lock alone.
pub(super) async fn lock(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    row: &role::Model,
) -> Result<role::Model> {
    let row = locks::role(on, &row.organization_id, &row.label).await?;
    op.permit(permission, row)
}
