//! Lists of audit events.

use entity::{AuditEventId, OrganizationId, TenantScoped, audit_event};
use sea_orm::sea_query::Expr;
use sea_orm::{PaginatorTrait, QueryFilter, Select};

use super::filter::AuditEventFilter;
use super::{Change, EventType};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Error, Fields, Result};
use crate::page::{self, Keyset, Page, PageItem, PageRequest, Position, Rows, Selection};
use crate::store::in_list;

/// A filter and an order of audit events: by creation.
pub type AuditEventSelection = Selection<AuditEventFilter>;

/// The selected audit events of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter or the cursor), or the database does not respond.
pub async fn find(
    op: &OpContext,
    organization: &OrganizationId,
    selection: &AuditEventSelection,
    request: &PageRequest,
) -> Result<Page<audit_event::Model>> {
    let select = select(op, organization, &selection.filter)?;
    let rows = Rows { select, by_index: selection.filter.by_index(organization) };
    let key = Expr::col((audit_event::Entity, audit_event::Column::CreatedAt));
    let keyset = Keyset { key, id: audit_event::Column::Id, sort: selection.sort };
    let list = selection.list_name(format!("audit_events/{organization}"));
    page::read_sorted(op.db(), rows, keyset, list, request).await
}

fn select(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &AuditEventFilter,
) -> Result<Select<audit_event::Entity>> {
    op.permit(Permission::AuditEventsList, organization)?;
    let mut fields = Fields::default();
    filter.validate(&mut fields);
    fields.finish()?;
    Ok(audit_event::Entity::in_org(organization).filter(filter.condition()))
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

/// The number of audit events that [`find`] goes through.
///
/// # Errors
/// As [`find`].
pub async fn count(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &AuditEventFilter,
) -> Result<u64> {
    Ok(select(op, organization, filter)?.count(op.db()).await?)
}

impl PageItem for audit_event::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }
}
