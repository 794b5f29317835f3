//! Organizations: the tenants.

use std::sync::Arc;

use entity::{OrganizationId, organization};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, QuerySelect};

use super::audit::{self, Event};
use super::text;
use crate::authz::{Actor, Permission, Resource};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::page::{self, Listed, Page, PageRequest, Place};
use crate::store;
use crate::store::in_transaction;

/// A change to an organization; what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    /// What people call it.
    pub name: Option<String>,
    /// The DNS segment that names it.
    pub label: Option<String>,
}

/// The organization that the caller names by id or label, if it is at home there. No statement:
/// who calls is known with the label of its organization.
///
/// # Errors
/// `NotFound`, `Unauthenticated`.
pub fn resolve<'cx>(cx: &'cx Cx, reference: &str) -> Result<&'cx OrganizationId> {
    let client = cx.client()?;
    let its_own = client.organization.as_str() == reference || client.home.label == reference;
    if its_own { Ok(&client.organization) } else { Err(not_found()) }
}

/// The organization that the caller names by id or label, as it was when the request came.
///
/// # Errors
/// `NotFound`, `Unauthenticated`.
pub fn fetch<'cx>(cx: &'cx Cx, reference: &str) -> Result<&'cx Arc<organization::Model>> {
    cx.permit(Permission::OrganizationsRead, resolve(cx, reference)?)?;
    Ok(&cx.client()?.home)
}

/// The organization of the caller, which may always know where it is at home; read anew.
///
/// # Errors
/// `Unauthenticated`, or what the database answers.
pub async fn home(cx: &Cx) -> Result<organization::Model> {
    organization::Entity::in_org(cx.tenant()?).one(cx.db()).await?.ok_or_else(not_found)
}

/// The organizations that the caller may see.
///
/// # Errors
/// `Unauthenticated`, `Invalid` (the cursor), or what the database answers.
pub async fn list(cx: &Cx, request: &PageRequest) -> Result<Page<organization::Model>> {
    let tenant = cx.tenant()?;
    if !cx.may(Permission::OrganizationsRead, tenant) {
        return Page::cut(list_name(), Vec::new(), request);
    }
    let select = organization::Entity::in_org(tenant);
    let order = (organization::Column::CreatedAt, organization::Column::Id);
    page::read(cx.db(), select, order, list_name(), request).await
}

/// How many organizations [`list`] goes through.
///
/// # Errors
/// `Unauthenticated`.
pub fn count(cx: &Cx) -> Result<u64> {
    Ok(u64::from(cx.may(Permission::OrganizationsRead, cx.tenant()?)))
}

/// Changes name or label.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when another organization has the label.
pub async fn update(cx: &Cx, reference: &str, change: Change) -> Result<organization::Model> {
    let id = resolve(cx, reference)?;
    cx.permit(Permission::OrganizationsUpdate, id)?;
    let name = change.name.as_deref().map(text::name).transpose()?;
    let label = change.label.as_deref().map(text::label).transpose()?;
    in_transaction!(cx.app.db, transaction => {
        let row = lock(transaction, id).await?;
        if name.is_none() && label.is_none() {
            return Ok(row);
        }
        let mut row: organization::ActiveModel = row.into();
        if let Some(name) = &name {
            row.name = Set(name.clone());
        }
        if let Some(label) = &label {
            row.label = Set(label.clone());
        }
        row.updated_at = Set(cx.now());
        let row = row.update(transaction).await.map_err(|error| {
            store::taken(error, || Error::Conflict("the label is taken".to_owned()))
        })?;
        let event = Event {
            organization: id,
            action: "organization.update",
            target: id.as_str(),
            detail: None,
        };
        audit::record(transaction, cx, event).await?;
        Ok(row)
    })
}

/// Reads an organization and keeps others from changing what depends on it as a whole.
pub(super) async fn lock(
    on: &impl ConnectionTrait,
    id: &OrganizationId,
) -> Result<organization::Model> {
    organization::Entity::in_org(id).lock_exclusive().one(on).await?.ok_or_else(not_found)
}

/// Makes one: for the operator.
pub(super) async fn insert(
    on: &impl ConnectionTrait,
    cx: &Cx,
    label: &str,
    name: &str,
) -> Result<organization::Model> {
    debug_assert!(matches!(cx.actor, Actor::Operator), "only the operator makes organizations");
    let now = cx.now();
    let row = organization::ActiveModel {
        id: Set(crate::random::id()),
        label: Set(text::label(label)?),
        name: Set(text::name(name)?),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(on).await.map_err(|error| {
        store::taken(error, || Error::Conflict("the label is taken".to_owned()))
    })?;
    let event = Event {
        organization: &row.id,
        action: "organization.create",
        target: row.id.as_str(),
        detail: None,
    };
    audit::record(on, cx, event).await?;
    Ok(row)
}

fn not_found() -> Error {
    Error::NotFound(organization::Model::NOUN)
}

fn list_name() -> String {
    "organizations".to_owned()
}

impl Listed for organization::Model {
    fn place(&self) -> Place<'_> {
        Place { at: self.created_at, id: self.id.as_str() }
    }
}
