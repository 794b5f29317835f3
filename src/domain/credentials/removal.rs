//! Removal of the row of a credential, which cancels the rotations to it.

use entity::{TenantScoped, credential};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter};

use super::{event, select};
use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::audit::{self, Facts};
use crate::error::Result;

/// Deletes the row; a credential that it was to replace stays.
pub(super) async fn remove(
    on: &impl ConnectionTrait,
    op: &OpContext,
    row: &credential::Model,
) -> Result<()> {
    credential::Entity::delete_in_org(&row.organization_id)
        .filter(credential::Column::Id.eq(row.id.clone()))
        .exec(on)
        .await?;
    let event = event(row, "credential.delete");
    audit::record(on, op, event.changed(Facts::from(row), Facts::default())).await?;
    cancel_rotations_to(on, op, row).await
}

/// Cancels the rotations to a deleted credential. If it was itself being replaced and its successor
/// exists, they continue to that successor. The caller must be allowed to let the old credentials
/// last; all credentials of the account must be locked.
async fn cancel_rotations_to(
    on: &impl ConnectionTrait,
    op: &OpContext,
    deleted: &credential::Model,
) -> Result<()> {
    let organization = &deleted.organization_id;
    let successor = match &deleted.replaced_by {
        Some(id) => select(organization, id).one(on).await?.map(|row| row.id),
        None => None,
    };
    let replaced = credential::Entity::in_org(organization)
        .filter(credential::Column::ServiceAccountId.eq(deleted.service_account_id.clone()))
        .filter(credential::Column::ReplacedBy.eq(deleted.id.clone()))
        .filter(credential::Column::RetiresAt.gt(op.now()))
        .all(on)
        .await?;
    for before in replaced {
        let mut row: credential::ActiveModel = before.clone().into();
        row.replaced_by = Set(successor.clone());
        if successor.is_none() {
            row.rotation_began_at = Set(None);
            row.retires_at = Set(None);
            row.tokens_before_rotation = Set(None);
        }
        row.revision = Set(before.revision + 1);
        row.updated_at = Set(op.now());
        let after = row.update(on).await?;
        if successor.is_none() {
            op.permit_bounds(Permission::CredentialsUpdate, [Bounds::of(&after).as_ref()])?;
        }
        let cancelled = "credential.cancel_rotation";
        let action = if successor.is_none() { cancelled } else { "credential.continue_rotation" };
        let event = event(&after, action).changed(Facts::from(&before), Facts::from(&after));
        audit::record(on, op, event).await?;
    }
    Ok(())
}
