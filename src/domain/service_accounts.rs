//! Service accounts: the machine identities of an organization.

mod disabling;

use entity::{OrganizationId, ServiceAccountId, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryResult, QuerySelect,
};
use serde::Serialize;

use super::audit::{self, Event};
use super::idempotency::{Claim, Key};
use super::text::{self, Change};
use super::{credentials, organizations, roles};
pub use disabling::{disable, enable};

use crate::authz::{Permission, Resource, Role};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::page::{self, Listed, Page, PageRequest, Place};
use crate::random;
use crate::store::{in_transaction, one_of};

/// The order of every list.
const ORDER: (service_account::Column, service_account::Column) =
    (service_account::Column::CreatedAt, service_account::Column::Id);

/// A service account to be.
#[derive(Debug, Serialize)]
pub struct New {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The roles that it is to hold from the start.
    pub roles: Vec<Role>,
}

/// The service account, if the caller may do `permission` to it.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn fetch_for(
    cx: &Cx,
    permission: Permission,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    cx.permit(permission, fetch(cx.db(), organization, id).await?)
}

/// Those of `ids` that the caller may see.
///
/// # Errors
/// `Unauthenticated`, or what the database answers.
pub async fn by_ids(cx: &Cx, ids: Vec<ServiceAccountId>) -> Result<Vec<service_account::Model>> {
    let rows = service_account::Entity::in_org(cx.tenant()?)
        .filter(one_of(cx.db(), service_account::Column::Id, &ids))
        .all(cx.db())
        .await?;
    Ok(rows.into_iter().filter(|row| cx.may(Permission::ServiceAccountsRead, row)).collect())
}

/// The service accounts of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or what the database answers.
pub async fn list(
    cx: &Cx,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<service_account::Model>> {
    cx.permit(Permission::ServiceAccountsList, organization)?;
    let select = service_account::Entity::in_org(organization);
    page::read(cx.db(), select, ORDER, list_name(organization), request).await
}

/// A service account with the roles that it holds.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    /// Its roles, by their labels.
    pub roles: Vec<Role>,
}

/// The same as [`list`], with the roles of each.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    cx: &Cx,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    cx.permit(Permission::ServiceAccountsList, organization)?;
    cx.permit(Permission::RolesList, organization)?;
    let roles = roles::labels_of(cx.db(), organization, service_account::Column::Id);
    let select = service_account::Entity::in_org(organization).column_as(roles, "roles");
    page::read(cx.db(), select, ORDER, list_name(organization), request).await
}

/// How many service accounts [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(cx: &Cx, organization: &OrganizationId) -> Result<u64> {
    cx.permit(Permission::ServiceAccountsList, organization)?;
    Ok(service_account::Entity::in_org(organization).count(cx.db()).await?)
}

/// Makes one, with its roles: nobody hands out more than they hold. With a `key`, it is made once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the key was used for something else.
pub async fn create(
    cx: &Cx,
    organization: &OrganizationId,
    new: New,
    key: Option<&Key>,
) -> Result<service_account::Model> {
    cx.permit(Permission::ServiceAccountsCreate, organization)?;
    if !new.roles.is_empty() {
        cx.permit(Permission::RolesGrant, organization)?;
        cx.permit_handing_out(Role::permissions_of(&new.roles), organization)?;
    }
    let name = text::name(&new.name)?;
    let description = text::description(new.description.as_deref())?;
    let operation = ("service_accounts.create", organization.as_str());
    let claim = Claim::new(cx, key, operation, &new)?;
    if let Some(made_before) = claim.answer(cx).await? {
        return Ok(made_before);
    }
    let made = in_transaction!(cx.app.db, transaction => {
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let row = insert(transaction, cx, organization, &name, description.clone()).await?;
        for role in &new.roles {
            roles::bind(transaction, cx, &row, *role).await?;
        }
        claim.keep(transaction, cx, &row).await?;
        Ok(Some(row))
    })?;
    match made {
        Some(row) => Ok(row),
        None => claim.first_answer(cx).await,
    }
}

/// Changes name or description.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`, or what the database answers.
pub async fn update(
    cx: &Cx,
    organization: &OrganizationId,
    id: &ServiceAccountId,
    change: Change,
) -> Result<service_account::Model> {
    fetch_for(cx, Permission::ServiceAccountsUpdate, organization, id).await?;
    let change = change.check()?;
    in_transaction!(cx.app.db, transaction => {
        let row = lock(transaction, organization, id).await?;
        if change.is_empty() {
            return Ok(row);
        }
        let mut row: service_account::ActiveModel = row.into();
        if let Some(name) = &change.name {
            row.name = Set(name.clone());
        }
        if let Some(description) = &change.description {
            row.description = Set(description.clone());
        }
        row.updated_at = Set(cx.now());
        let row = row.update(transaction).await?;
        audit::record(transaction, cx, event(&row, "service_account.update")).await?;
        Ok(row)
    })
}

/// Deletes it, with its credentials and roles.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn delete(cx: &Cx, organization: &OrganizationId, id: &ServiceAccountId) -> Result<()> {
    fetch_for(cx, Permission::ServiceAccountsDelete, organization, id).await?;
    in_transaction!(cx.app.db, transaction => {
        organizations::lock(transaction, organization).await?;
        let row = lock(transaction, organization, id).await?;
        roles::keep_an_admin(transaction, &row).await?;
        credentials::lock_all(transaction, &row).await?;
        service_account::Entity::delete_in_org(organization)
            .filter(service_account::Column::Id.eq(id.clone()))
            .exec(transaction)
            .await?;
        audit::record(transaction, cx, event(&row, "service_account.delete")).await
    })
}

/// Makes the row.
pub(super) async fn insert(
    on: &impl ConnectionTrait,
    cx: &Cx,
    organization: &OrganizationId,
    name: &str,
    description: Option<String>,
) -> Result<service_account::Model> {
    let now = cx.now();
    let row = service_account::ActiveModel {
        id: Set(random::id()),
        organization_id: Set(organization.clone()),
        name: Set(name.to_owned()),
        description: Set(description),
        created_at: Set(now),
        updated_at: Set(now),
        disabled_at: Set(None),
        disabled_by: Set(None),
    };
    let row = row.insert(on).await?;
    audit::record(on, cx, event(&row, "service_account.create")).await?;
    Ok(row)
}

/// Reads it and keeps others from changing it, its roles or its credentials meanwhile.
pub(super) async fn lock(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    select(organization, id).lock_exclusive().one(on).await?.ok_or_else(not_found)
}

/// Reads it, whoever asks.
pub(super) async fn fetch(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    select(organization, id).one(on).await?.ok_or_else(not_found)
}

fn select(
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> sea_orm::Select<service_account::Entity> {
    service_account::Entity::in_org(organization).filter(service_account::Column::Id.eq(id.clone()))
}

fn not_found() -> Error {
    Error::NotFound(service_account::Model::NOUN)
}

fn event<'a>(row: &'a service_account::Model, action: &'static str) -> Event<'a> {
    Event { organization: &row.organization_id, action, target: row.id.as_str(), detail: None }
}

fn list_name(organization: &OrganizationId) -> String {
    format!("service_accounts/{organization}")
}

impl FromQueryResult for WithRoles {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let account = service_account::Model::from_query_result(row, prefix)?;
        let labels: Option<String> = row.try_get(prefix, "roles")?;
        Ok(Self { account, roles: roles::parse_all(labels.as_deref().unwrap_or_default()) })
    }
}

impl Listed for WithRoles {
    fn place(&self) -> Place<'_> {
        self.account.place()
    }
}

impl Listed for service_account::Model {
    fn place(&self) -> Place<'_> {
        Place { at: self.created_at, id: self.id.as_str() }
    }
}
