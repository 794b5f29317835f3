//! Organizations: the tenants.

use std::sync::Arc;

use entity::{OrganizationId, organization};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr};

use super::audit::{self, Event, EventType, Snapshot, Target};
use super::{locks, text};
use crate::authz::{Actor, Permission, Resource};
use crate::context::OpContext;
use crate::error::{Error, Fields, Reason, Result};
use crate::page::{Page, PageItem, PageRequest, Position};
use crate::store;
use crate::store::in_transaction;

/// A change to an organization; absent fields stay.
#[derive(Debug, Default)]
pub struct Change {
    /// Display name.
    pub name: Option<String>,
    /// Label, a DNS segment.
    pub label: Option<String>,
}

/// The id of the organization that the caller names by id or label, if it is the caller's own. It
/// needs no statement: authentication reads the organization, and updates store the new row.
///
/// # Errors
/// `NotFound`, `Unauthenticated`.
pub fn resolve<'op>(op: &'op OpContext, reference: &str) -> Result<&'op OrganizationId> {
    let client = op.client()?;
    let own = client.organization.as_str() == reference
        || client.current_organization.load().label == reference;
    if own { Ok(&client.organization) } else { Err(not_found()) }
}

/// The organization that the caller names by id or label, as this request last read it.
///
/// # Errors
/// `NotFound`, `Unauthenticated`.
pub fn fetch(op: &OpContext, reference: &str) -> Result<Arc<organization::Model>> {
    op.permit(Permission::OrganizationsRead, resolve(op, reference)?)?;
    current(op)
}

/// The organization of the caller, as this request last read it. Every member may read it.
///
/// # Errors
/// `Unauthenticated`.
pub fn current(op: &OpContext) -> Result<Arc<organization::Model>> {
    Ok(op.client()?.current_organization.load_full())
}

/// The organizations that the caller may read: its own.
///
/// # Errors
/// `Unauthenticated`, `Invalid` (the cursor).
pub fn list(op: &OpContext, request: &PageRequest) -> Result<Page<Arc<organization::Model>>> {
    Page::slice("organizations".to_owned(), vec![current(op)?], request)
}

/// Updates name or label.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when another organization has the label.
pub async fn update(
    op: &OpContext,
    reference: &str,
    change: Change,
) -> Result<organization::Model> {
    let id = resolve(op, reference)?;
    op.permit(Permission::OrganizationsUpdate, id)?;
    let mut fields = Fields::default();
    let name = fields.check(change.name.as_deref().map(text::name).transpose())?;
    let label = fields.check(change.label.as_deref().map(text::label).transpose())?;
    fields.finish()?;
    let row = in_transaction!(op.app.db, transaction => {
        let before = locks::organization(transaction, id).await?;
        let mut row: organization::ActiveModel = before.clone().into();
        row.name.set_if_not_equals(name.clone().unwrap_or_else(|| before.name.clone()));
        row.label.set_if_not_equals(label.clone().unwrap_or_else(|| before.label.clone()));
        if !row.is_changed() {
            return Ok(before);
        }
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await.map_err(label_conflict)?;
        let event = event(&after, EventType::OrganizationUpdate);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })?;
    if let Ok(client) = op.client() {
        client.current_organization.store(Arc::new(row.clone()));
    }
    Ok(row)
}

/// Inserts the row: for the operator.
pub(super) async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    label: &str,
    name: &str,
) -> Result<organization::Model> {
    debug_assert!(matches!(op.actor, Actor::Operator), "only the operator creates organizations");
    let now = op.now();
    let row = organization::ActiveModel {
        id: Set(crate::random::id()),
        label: Set(text::label(label)?),
        name: Set(text::name(name)?),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(on).await.map_err(label_conflict)?;
    let event = event(&row, EventType::OrganizationCreate);
    audit::record(on, op, event.changed(Snapshot::default(), Snapshot::from(&row))).await?;
    Ok(row)
}

/// The organization that the operator names by its label.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub(super) async fn by_label(
    on: &impl ConnectionTrait,
    op: &OpContext,
    label: &str,
) -> Result<organization::Model> {
    debug_assert!(matches!(op.actor, Actor::Operator), "only the operator sees all organizations");
    organization::Entity::any_tenant_by_label(label).one(on).await?.ok_or_else(not_found)
}

fn label_conflict(error: DbErr) -> Error {
    store::on_unique_violation(error, || {
        Error::conflict(Reason::LabelTaken, "another organization already uses the label")
    })
}

/// An event of an organization.
pub(super) fn event<'a>(row: &'a organization::Model, action: EventType) -> Event<'a> {
    let target = Target { kind: "organization", id: row.id.as_str(), name: Some(&row.name) };
    Event::success(&row.id, action, target)
}

fn not_found() -> Error {
    Error::NotFound(organization::Model::NOUN)
}

impl PageItem for organization::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }
}
