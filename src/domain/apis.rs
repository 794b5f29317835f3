//! APIs: what tokens are for, beside Postern itself, each with scopes of its own.

mod granting;
mod grants;
mod identifier;
mod ownership;
mod revocation;
mod update;

use entity::{ApiId, OrganizationId, api};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder,
};

use super::audit::{self, Event, Facts, Target};
use super::{locks, text};
use crate::authz::{Permission, Resource, Scopes};
use crate::cx::Cx;
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::{self, in_transaction, one_of};

pub use granting::{grant, revoke};
pub use grants::MOST as MOST_GRANTS;
pub use grants::{
    Grant, for_audiences, granted_to, granted_to_one, held, permit_granted_to, still_granted,
    unambiguous,
};
pub use ownership::{allow, allowed, disallow};
pub use update::{Change, Updated, update};

/// How many APIs an organization may register.
pub const MOST: u64 = 100;

/// An API to be.
#[derive(Debug)]
pub struct New {
    /// The URI that clients name it by.
    pub identifier: String,
    /// What people call it.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<String>,
}

/// The APIs of an organization, in order of registration.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn list(cx: &Cx, organization: &OrganizationId) -> Result<Vec<api::Model>> {
    cx.permit(Permission::OrganizationsRead, organization)?;
    cx.permit_held(Permission::OrganizationsRead)?;
    let all = api::Entity::in_org(organization);
    let all = all.order_by_asc(api::Column::CreatedAt).order_by_asc(api::Column::Id);
    Ok(all.all(cx.db()).await?)
}

/// Those of `ids` that the caller may see.
///
/// # Errors
/// `Unauthenticated`, or what the database answers.
pub async fn by_ids(cx: &Cx, ids: Vec<ApiId>) -> Result<Vec<api::Model>> {
    let rows = api::Entity::in_org(cx.tenant()?);
    let rows = rows.filter(one_of(cx.db(), api::Column::Id, &ids)).all(cx.db()).await?;
    Ok(rows.into_iter().filter(|row| cx.may(api::Model::READ, row)).collect())
}

/// Registers one.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization may not register the
/// identifier, or when there are as many as there may be.
pub async fn create(cx: &Cx, organization: &OrganizationId, new: New) -> Result<api::Model> {
    cx.permit(Permission::OrganizationsUpdate, organization)?;
    let mut fields = Fields::default();
    let identifier = fields.check(identifier::checked(cx, &new.identifier))?;
    let name = fields.check(text::name(&new.name))?;
    let scopes = fields.check(checked("scopes", &new.scopes))?;
    fields.finish()?;
    in_transaction!(cx.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        if api::Entity::in_org(organization).count(transaction).await? >= MOST {
            let message = format!("an organization has at most {MOST} APIs");
            return Err(Error::conflict(Reason::LimitReached, message));
        }
        ownership::reserve(transaction, cx, organization, &identifier).await?;
        let row = api::ActiveModel {
            id: Set(random::id()),
            organization_id: Set(organization.clone()),
            identifier: Set(identifier.clone()),
            name: Set(name.clone()),
            scopes: Set(scopes.to_string()),
            created_at: Set(cx.now()),
            updated_at: Set(cx.now()),
        };
        let row = row.insert(transaction).await;
        let row = row.map_err(|error| store::taken(error, ownership::not_allowed))?;
        let event = event(&row, "api.create").changed(Facts::default(), Facts::from(&row));
        audit::record(transaction, cx, event).await?;
        Ok(row)
    })
}

/// Deletes it, with all grants of its scopes: no more tokens are issued for it. Its identifier stays
/// reserved for the organization. Returns the number of scopes that were revoked, counted once for
/// each service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn delete(cx: &Cx, organization: &OrganizationId, id: &ApiId) -> Result<usize> {
    cx.permit(Permission::OrganizationsUpdate, find(cx.db(), organization, id).await?)?;
    in_transaction!(cx.app.db, transaction => {
        let row = locks::api(transaction, organization, id).await?;
        let held = revocation::held(transaction, &row, &Scopes::split(&row.scopes)).await?;
        revocation::permit(transaction, cx, &held).await?;
        // An older version may have registered it without a reservation.
        ownership::keep(transaction, cx, organization, &row.identifier).await?;
        let one = api::Entity::delete_in_org(organization).filter(api::Column::Id.eq(id.clone()));
        one.exec(transaction).await?;
        let event = event(&row, "api.delete").changed(Facts::from(&row), Facts::default());
        audit::record(transaction, cx, event).await?;
        revocation::record(transaction, cx, &row, &held).await
    })
}

/// Rejects to use an API for a caller who may not read it.
async fn permit_read(cx: &Cx, organization: &OrganizationId, id: &ApiId) -> Result<()> {
    cx.permit(api::Model::READ, find(cx.db(), organization, id).await?).map(drop)
}

async fn find(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ApiId,
) -> Result<api::Model> {
    select(organization, id).one(on).await?.ok_or(Error::NotFound(api::Model::NOUN))
}

/// Scopes that an API may have.
fn checked(field: &str, texts: &[impl AsRef<str>]) -> Result<Scopes> {
    Scopes::checked(texts).map_err(|(at, message)| {
        let at = at.map(|at| format!(".{at}")).unwrap_or_default();
        Error::invalid(format!("{field}{at}"), message)
    })
}

fn select(organization: &OrganizationId, id: &ApiId) -> sea_orm::Select<api::Entity> {
    api::Entity::in_org(organization).filter(api::Column::Id.eq(id.clone()))
}

fn event<'a>(row: &'a api::Model, action: &'static str) -> Event<'a> {
    let target = Target { kind: "api", id: row.id.as_str(), name: Some(&row.name) };
    Event { organization: &row.organization_id, action, target, detail: None, changes: Vec::new() }
}
