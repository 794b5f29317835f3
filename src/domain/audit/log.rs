//! The audit log: audit events in the order in which their transactions were committed.
//!
//! Times do not show that order: a transaction may commit long after the time of its event. So each
//! event is recorded as pending, and a sequencer assigns positions to committed events, under a
//! lock. Positions only increase: whoever has read up to a position misses no event and reads none
//! twice by continuing after it.

mod adoption;
mod cursor;
mod outside;
mod sequencer;

use entity::{OrganizationId, TenantScoped, audit_event, audit_position, organization};
use sea_orm::{QueryOrder, QuerySelect};

use crate::authz::{Actor, Permission, Resource};
use crate::context::OpContext;
use crate::error::{Error, Result};

pub use adoption::adopt_events;
pub use cursor::Cursors;
pub(super) use outside::Page;
pub(super) use sequencer::LOCK;
pub use sequencer::assign_positions;

/// The maximum number of events that one call returns.
pub const MAX_ENTRIES: u64 = 1_000;

/// An audit event at its position in the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The position.
    pub position: i64,
    /// The event.
    pub event: audit_event::Model,
    cursor: String,
}

impl Entry {
    /// The cursor after which the next entry follows.
    #[must_use]
    pub fn cursor(&self) -> &str {
        &self.cursor
    }
}

/// An audit event at its position, as blocks and subscriptions read it.
#[derive(Clone, Debug)]
pub(super) struct PositionedEvent {
    /// The position.
    pub position: i64,
    /// The event.
    pub event: audit_event::Model,
}

/// The first events of an organization after a position, at most `limit` and [`MAX_ENTRIES`].
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn after(
    op: &OpContext,
    organization: &OrganizationId,
    position: i64,
    limit: u64,
) -> Result<Vec<Entry>> {
    let events = events_after(op, organization, position, limit).await?;
    entries(events, &Cursors::of(op, Some(organization)).await?)
}

/// The same without cursors, for readers who share the events.
pub(super) async fn events_after(
    op: &OpContext,
    organization: &OrganizationId,
    position: i64,
    limit: u64,
) -> Result<Vec<PositionedEvent>> {
    op.permit(Permission::AuditEventsList, organization)?;
    let limit = limit.min(MAX_ENTRIES);
    let rows = audit_position::Entity::in_org_after(organization, position, limit);
    complete(rows.all(op.db()).await?)
}

/// The first events of all organizations after a position, at most `limit` and [`MAX_ENTRIES`].
///
/// # Errors
/// `Unauthenticated` for an actor other than the operator; the database does not respond.
pub async fn after_in_all(op: &OpContext, position: i64, limit: u64) -> Result<Vec<Entry>> {
    if !matches!(op.actor, Actor::Operator) {
        return Err(Error::Unauthenticated);
    }
    let rows = audit_position::Entity::any_tenant_after(position, limit.min(MAX_ENTRIES));
    entries(complete(rows.all(op.db()).await?)?, &Cursors::of(op, None).await?)
}

/// The position of the last event of an organization; 0 without events.
///
/// # Errors
/// As [`after`].
pub async fn last_position(op: &OpContext, organization: &OrganizationId) -> Result<i64> {
    op.permit(Permission::AuditEventsList, organization)?;
    last(op, organization).await
}

/// The first events of an organization after a position, up to `last`, at most `limit` and
/// [`MAX_ENTRIES`], for an export.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn export(
    op: &OpContext,
    organization: &OrganizationId,
    after: i64,
    last: i64,
    limit: u64,
) -> Result<Vec<Entry>> {
    op.permit(Permission::AuditEventsExport, organization)?;
    let limit = limit.min(MAX_ENTRIES);
    let rows = audit_position::Entity::in_org_between(organization, after, last, limit);
    let events = complete(rows.all(op.db()).await?)?;
    entries(events, &Cursors::of(op, Some(organization)).await?)
}

/// The position at which an export of an organization ends: that of its last event; 0 without
/// events.
///
/// # Errors
/// As [`export`].
pub async fn exportable_position(op: &OpContext, organization: &OrganizationId) -> Result<i64> {
    op.permit(Permission::AuditEventsExport, organization)?;
    last(op, organization).await
}

/// The organization that the operator names by its label.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn organization(op: &OpContext, label: &str) -> Result<organization::Model> {
    if !matches!(op.actor, Actor::Operator) {
        return Err(Error::Unauthenticated);
    }
    let row = organization::Entity::any_tenant_by_label(label).one(op.db()).await?;
    row.ok_or(Error::NotFound(organization::Model::NOUN))
}

async fn last(op: &OpContext, organization: &OrganizationId) -> Result<i64> {
    let last = audit_position::Entity::in_org(organization)
        .select_only()
        .column(audit_position::Column::Position)
        .order_by_desc(audit_position::Column::Position);
    Ok(last.into_tuple().one(op.db()).await?.unwrap_or_default())
}

/// The last position that was assigned in any organization.
pub(super) async fn assigned(op: &OpContext) -> Result<i64> {
    sequencer::last_position(op.db()).await
}

/// The position of a cursor of an organization's log, or of the log of all organizations. Rejects a
/// position that the log has not reached, such as that of a cursor from before the database was
/// restored from a backup: a reader that continues there would miss events.
///
/// # Errors
/// `Invalid` (the field `after`), or the database does not respond.
pub async fn position_of(
    op: &OpContext,
    organization: Option<&OrganizationId>,
    cursor: &str,
) -> Result<i64> {
    let position = Cursors::of(op, organization).await?.position(cursor);
    let position =
        position.ok_or_else(|| Error::invalid("after", "must be a cursor of this audit log"))?;
    if position > assigned(op).await? {
        let message =
            "must be a cursor of this audit log; the database may have been restored from a backup";
        return Err(Error::invalid("after", message));
    }
    Ok(position)
}

fn entries(events: Vec<PositionedEvent>, cursors: &Cursors) -> Result<Vec<Entry>> {
    let entry = |PositionedEvent { position, event }| {
        Ok(Entry { position, event, cursor: cursors.text(position)? })
    };
    events.into_iter().map(entry).collect()
}

/// The events of rows. A position whose event is missing is an error: a log without it would look
/// complete.
fn complete(rows: Vec<Row>) -> Result<Vec<PositionedEvent>> {
    let positioned = |(at, event): Row| {
        let missing = || Error::internal(format!("no audit event at position {}", at.position));
        Ok(PositionedEvent { position: at.position, event: event.ok_or_else(missing)? })
    };
    rows.into_iter().map(positioned).collect()
}

/// The existing events of rows, for blocks: their verification reports the missing ones.
pub(super) fn existing(rows: Vec<Row>) -> Vec<PositionedEvent> {
    let positioned =
        |(at, event): Row| Some(PositionedEvent { position: at.position, event: event? });
    rows.into_iter().filter_map(positioned).collect()
}

/// A position, and its event unless that is missing.
type Row = (audit_position::Model, Option<audit_event::Model>);
