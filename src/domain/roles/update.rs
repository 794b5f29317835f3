//! Changes to roles.

use entity::{OrganizationId, role};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::change::{RoleChange, fetch_for, lock};
use super::impact::{self, Impact};
use super::{event, input};
use crate::authz::{Binding, Permission, PermissionSet};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::text;
use crate::error::{Fields, Result};
use crate::store::in_transaction;

/// A role after a change, or as it would be.
#[derive(Debug)]
pub struct Updated {
    /// The role.
    pub role: role::Model,
    /// What its holders gain and lose.
    pub impact: Impact,
}

/// Updates name, description or permissions, for all holders at once. The caller must hold the
/// permissions of the changed role, in the organization and without an end, and everything that each
/// holder does. A dry run checks the same and changes nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`, or the database does not respond.
pub async fn update(
    op: &OpContext,
    organization: &OrganizationId,
    reference: &str,
    change: RoleChange,
    dry_run: bool,
) -> Result<Updated> {
    let permission = Permission::RolesUpdate;
    let row = fetch_for(op, permission, organization, reference).await?;
    let mut fields = Fields::default();
    let name = fields.check(change.name.as_deref().map(text::name).transpose())?;
    let description = change.description.as_deref();
    let description =
        fields.check(description.map(|it| input::description(Some(it))).transpose())?;
    let permissions =
        fields.check(change.permissions.as_deref().map(input::permissions).transpose())?;
    fields.finish()?;
    in_transaction!(op.app.db, transaction => {
        let before = lock(transaction, op, permission, &row).await?;
        let old = PermissionSet::known(&before.permissions);
        let new = permissions.unwrap_or(old);
        if permissions.is_some() {
            op.permit_grant(permission, &Binding::unlimited(&before.label, new))?;
        }
        let holders = impact::holders(transaction, op, &before).await?;
        let gains = !new.difference(old).is_empty();
        impact::permit(transaction, op, organization, &holders, gains).await?;
        let impact = impact::of(op, &before, &holders, new);
        let mut row: role::ActiveModel = before.clone().into();
        row.name.set_if_not_equals(name.clone().unwrap_or_else(|| before.name.clone()));
        let text = description.clone().unwrap_or_else(|| before.description.clone());
        row.description.set_if_not_equals(text);
        if new != old {
            row.permissions.set_if_not_equals(new.names().join(" "));
        }
        if dry_run || !row.is_changed() {
            return Ok(Updated { role: before, impact });
        }
        row.updated_at = Set(op.now());
        let role = row.update(transaction).await?;
        let event = event(&role, EventType::RoleUpdate);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&role));
        audit::record(transaction, op, event).await?;
        Ok(Updated { role, impact })
    })
}
