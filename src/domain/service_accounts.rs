//! Service accounts: the machine identities of an organization.

mod disabling;
mod revocation;

use entity::{CredentialId, OrganizationId, ServiceAccountId, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryResult, QuerySelect,
};
use serde::Serialize;

use super::audit::{self, Event, Facts, Target};
use super::idempotency::{self, Claim, Created, Key};
use super::last_admin::{self, Without};
use super::strength::{self, Strength};
use super::text::{self, Change};
use super::{locks, roles};
pub use disabling::{disable, enable};
pub use revocation::revoke_tokens;

use crate::authz::{Permission, Resource, Role};
use crate::cx::Cx;
use crate::error::{Error, Fields, Result};
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
    let row = fetch(cx.db(), organization, id).await?;
    if permission.changes() {
        strength::permit_account(cx.db(), cx, permission, &row).await?;
        return Ok(row);
    }
    cx.permit(permission, row)
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

/// A service account with what it holds.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    /// Its roles, by their labels.
    pub roles: Vec<Role>,
    /// All the permissions that it holds, as far as decisions on the caller's operations depend on
    /// them.
    pub strength: Strength,
}

/// The same as [`list`], with what each account holds, in the same statement. The roles are for
/// decisions; whoever shows them asks [`roles::permit_held_by`] first.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    cx: &Cx,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    cx.permit(Permission::ServiceAccountsList, organization)?;
    let account = service_account::Column::Id;
    let roles = roles::labels_of(cx.db(), organization, account);
    let has_api_grants = if cx.actor.depends_on_strength() {
        strength::has_api_grants(organization, account)
    } else {
        Expr::value(false)
    };
    let select = service_account::Entity::in_org(organization)
        .column_as(roles, "roles")
        .column_as(has_api_grants, "has_api_grants");
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

/// Creates one, with its roles: nobody grants what they do not hold. With a `key`, it is created
/// once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the key was used for something else, or when
/// the account that it created was deleted.
pub async fn create(
    cx: &Cx,
    organization: &OrganizationId,
    new: New,
    key: Option<&Key>,
) -> Result<service_account::Model> {
    cx.permit(Permission::ServiceAccountsCreate, organization)?;
    if !new.roles.is_empty() {
        cx.permit(Permission::RolesGrant, organization)?;
        cx.permit_grant(Role::permissions_of(&new.roles))?;
    }
    let mut fields = Fields::default();
    let name = fields.check(text::name(&new.name))?;
    let description = fields.check(text::description(new.description.as_deref()))?;
    fields.finish()?;
    let operation = ("service_accounts.create", organization.as_str());
    let claim = Claim::new(cx, key, operation, &new)?;
    if let Some(created) = claim.answer(cx).await? {
        return replayed(cx, organization, &created).await;
    }
    let row = in_transaction!(cx.app.db, transaction => {
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let row = insert(transaction, cx, organization, &name, description.clone()).await?;
        for role in &new.roles {
            roles::bind(transaction, cx, &row, *role).await?;
        }
        claim.keep(transaction, cx, &Created::plain(&row.id)).await?;
        Ok(Some(row))
    })?;
    match row {
        Some(row) => Ok(row),
        None => replayed(cx, organization, &claim.first_answer(cx).await?).await,
    }
}

/// The account that an earlier request with the same key created, as it is now.
async fn replayed(
    cx: &Cx,
    organization: &OrganizationId,
    created: &Created,
) -> Result<service_account::Model> {
    let row = select(organization, &created.id()?).one(cx.db()).await?;
    row.ok_or_else(idempotency::deleted)
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
    let permission = Permission::ServiceAccountsUpdate;
    fetch_for(cx, permission, organization, id).await?;
    let mut fields = Fields::default();
    let change = change.check(&mut fields)?;
    fields.finish()?;
    in_transaction!(cx.app.db, transaction => {
        let before = locks::service_account(transaction, organization, id).await?;
        strength::permit_account(transaction, cx, permission, &before).await?;
        let mut row: service_account::ActiveModel = before.clone().into();
        if let Some(name) = &change.name {
            row.name.set_if_not_equals(name.clone());
        }
        if let Some(description) = &change.description {
            row.description.set_if_not_equals(description.clone());
        }
        if !row.is_changed() {
            return Ok(before);
        }
        row.updated_at = Set(cx.now());
        let after = row.update(transaction).await?;
        let event = event(&after, "service_account.update");
        let event = event.changed(Facts::from(&before), Facts::from(&after));
        audit::record(transaction, cx, event).await?;
        Ok(after)
    })
}

/// Deletes it, with its credentials and roles; returns the ids of the credentials.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn delete(
    cx: &Cx,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Vec<CredentialId>> {
    let permission = Permission::ServiceAccountsDelete;
    fetch_for(cx, permission, organization, id).await?;
    in_transaction!(cx.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let row = locks::service_account(transaction, organization, id).await?;
        strength::permit_account(transaction, cx, permission, &row).await?;
        last_admin::keep(transaction, cx, organization, Without::Account(id)).await?;
        let credentials = locks::credentials(transaction, &row).await?;
        // Before the deletion: the event names the actor, which may be this very account.
        let event = event(&row, "service_account.delete");
        let event = event.changed(Facts::from(&row), Facts::default());
        audit::record(transaction, cx, event).await?;
        service_account::Entity::delete_in_org(organization)
            .filter(service_account::Column::Id.eq(id.clone()))
            .exec(transaction)
            .await?;
        Ok(credentials.into_iter().map(|row| row.id).collect())
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
        not_before: Set(None),
    };
    let row = row.insert(on).await?;
    let event = event(&row, "service_account.create");
    audit::record(on, cx, event.changed(Facts::default(), Facts::from(&row))).await?;
    Ok(row)
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

/// An event of a service account.
pub(super) fn event<'a>(row: &'a service_account::Model, action: &'static str) -> Event<'a> {
    let target = Target { kind: "service_account", id: row.id.as_str(), name: Some(&row.name) };
    Event { organization: &row.organization_id, action, target, detail: None, changes: Vec::new() }
}

fn list_name(organization: &OrganizationId) -> String {
    format!("service_accounts/{organization}")
}

impl FromQueryResult for WithRoles {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let account = service_account::Model::from_query_result(row, prefix)?;
        let labels: Option<String> = row.try_get(prefix, "roles")?;
        let labels = labels.unwrap_or_default();
        let strength = Strength::of(&labels, row.try_get(prefix, "has_api_grants")?);
        Ok(Self { account, roles: roles::parse_all(&labels), strength })
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
