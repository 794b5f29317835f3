//! Lists of audit events.

use entity::{AuditEventId, OrganizationId, TenantScoped, audit_event};
use sea_orm::QueryFilter;

use super::{Change, EventType};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::page::{self, Page, PageItem, PageRequest, Position};
use crate::store::in_list;

/// The audit events of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<audit_event::Model>> {
    op.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    let order = (audit_event::Column::CreatedAt, audit_event::Column::Id);
    page::read(op.db(), select, order, list_name(organization), request).await
}

/// The types of audit events, for callers who may read the organization.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn event_types(op: &OpContext, organization: &OrganizationId) -> Result<&'static [EventType]> {
    op.permit(Permission::OrganizationsRead, organization)?;
    Ok(EventType::ALL)
}

/// The rows of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_ids(op: &OpContext, ids: Vec<AuditEventId>) -> Result<Vec<audit_event::Model>> {
    let rows = audit_event::Entity::in_org(op.tenant()?);
    let rows = rows.filter(in_list(op.db(), audit_event::Column::Id, &ids)).all(op.db()).await?;
    Ok(rows.into_iter().filter(|row| op.may(Permission::AuditEventsList, row)).collect())
}

/// The changed fields of an event.
///
/// # Errors
/// `Internal`: the stored text is invalid.
pub fn changes(row: &audit_event::Model) -> Result<Vec<Change>> {
    let stored = row.changes.as_deref();
    stored.map_or_else(|| Ok(Vec::new()), |it| serde_json::from_str(it).map_err(Error::internal))
}

/// The number of audit events of an organization.
///
/// # Errors
/// As [`list`].
pub async fn count(op: &OpContext, organization: &OrganizationId) -> Result<u64> {
    op.permit(Permission::AuditEventsList, organization)?;
    let select = audit_event::Entity::in_org(organization);
    Ok(sea_orm::PaginatorTrait::count(select, op.db()).await?)
}

fn list_name(organization: &OrganizationId) -> String {
    format!("audit_events/{organization}")
}

impl PageItem for audit_event::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }
}
