//! APIs: what tokens are for, beside Postern itself, each with scopes of its own.

mod grant_scopes;
mod granted_scopes;
mod identifier;
mod ownership;
mod revocation;
mod update;

use entity::{ApiId, OrganizationId, TenantScoped, api};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder,
};

use super::audit::{self, Event, Facts, Target};
use super::{locks, text};
use crate::authz::{Permission, Resource, Scopes};
use crate::context::OpContext;
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::{self, in_list, in_transaction};

pub use grant_scopes::{grant, revoke};
pub use granted_scopes::MOST as MOST_GRANTS;
pub use granted_scopes::{
    Grant, for_audiences, granted_to, granted_to_one, held, still_granted, unambiguous,
};
pub use identifier::identifier_prefix;
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
pub async fn list(op: &OpContext, organization: &OrganizationId) -> Result<Vec<api::Model>> {
    op.permit(Permission::OrganizationsRead, organization)?;
    op.permit_held(Permission::OrganizationsRead)?;
    let all = api::Entity::in_org(organization);
    let all = all.order_by_asc(api::Column::CreatedAt).order_by_asc(api::Column::Id);
    Ok(all.all(op.db()).await?)
}

/// Those of `ids` that the caller may see.
///
/// # Errors
/// `Unauthenticated`, or what the database answers.
pub async fn by_ids(op: &OpContext, ids: Vec<ApiId>) -> Result<Vec<api::Model>> {
    let rows = api::Entity::in_org(op.tenant()?);
    let rows = rows.filter(in_list(op.db(), api::Column::Id, &ids)).all(op.db()).await?;
    Ok(rows.into_iter().filter(|row| op.may(api::Model::READ, row)).collect())
}

/// Registers one.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization may not register the
/// identifier, or when there are as many as there may be.
pub async fn create(op: &OpContext, organization: &OrganizationId, new: New) -> Result<api::Model> {
    op.permit(Permission::OrganizationsUpdate, organization)?;
    let mut fields = Fields::default();
    let identifier = fields.check(identifier::checked(op, &new.identifier))?;
    let name = fields.check(text::name(&new.name))?;
    let scopes = fields.check(checked("scopes", &new.scopes))?;
    fields.finish()?;
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        if api::Entity::in_org(organization).count(transaction).await? >= MOST {
            let message = format!("an organization has at most {MOST} APIs");
            return Err(Error::conflict(Reason::LimitReached, message));
        }
        ownership::reserve(transaction, op, organization, &identifier).await?;
        let row = api::ActiveModel {
            id: Set(random::id()),
            organization_id: Set(organization.clone()),
            identifier: Set(identifier.clone()),
            name: Set(name.clone()),
            scopes: Set(scopes.to_string()),
            created_at: Set(op.now()),
            updated_at: Set(op.now()),
        };
        let row = row.insert(transaction).await;
        let row = row.map_err(|error| store::on_unique_violation(error, ownership::not_allowed))?;
        let event = event(&row, "api.create").changed(Facts::default(), Facts::from(&row));
        audit::record(transaction, op, event).await?;
        Ok(row)
    })
}

/// Deletes it, with all grants of its scopes: no more tokens are issued for it. Its identifier stays
/// reserved for the organization. Returns the number of scopes that were revoked, counted once for
/// each service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn delete(op: &OpContext, organization: &OrganizationId, id: &ApiId) -> Result<usize> {
    op.permit(Permission::OrganizationsUpdate, find(op.db(), organization, id).await?)?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::api(transaction, organization, id).await?;
        let held = revocation::held(transaction, &row, &Scopes::split(&row.scopes)).await?;
        revocation::permit(transaction, op, &held).await?;
        let one = api::Entity::delete_in_org(organization).filter(api::Column::Id.eq(id.clone()));
        one.exec(transaction).await?;
        let event = event(&row, "api.delete").changed(Facts::from(&row), Facts::default());
        audit::record(transaction, op, event).await?;
        revocation::record(transaction, op, &row, &held).await
    })
}

/// Rejects to use an API for a caller who may not read it.
async fn permit_read(op: &OpContext, organization: &OrganizationId, id: &ApiId) -> Result<()> {
    op.permit(api::Model::READ, find(op.db(), organization, id).await?).map(drop)
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
