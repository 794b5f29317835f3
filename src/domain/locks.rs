//! Row locks, in the only order in which a transaction may acquire them: the identifier prefixes, the
//! organization, service accounts, roles by their labels, credentials by their ids, APIs, reserved identifiers.
//! Transactions that follow this order do not deadlock.
//!
//! A transaction locks an organization before it inserts a row that refers to it, such as an
//! idempotency key: the insert would block a change of its label.
//!
//! The locks leave the keys of a row alone (`FOR NO KEY UPDATE`): inserts of rows that refer to it,
//! such as audit events, do not wait. An embedded database has one writer, and no row locks.

use entity::{ApiId, OrganizationId, ServiceAccountId, TenantScoped};
use entity::{api, credential, organization, role, service_account};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::authz::Resource;
use crate::error::{Error, Result};
use crate::store;

/// Locks the identifier prefixes of all organizations, which are changed under this lock alone.
///
/// # Errors
/// The database does not respond.
pub async fn identifier_prefixes(on: &impl ConnectionTrait) -> Result<()> {
    Ok(store::advisory_lock(on, "identifier_prefixes").await?)
}

/// Locks an organization: for changes that depend on it as a whole, such as its last admin.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn organization(
    on: &impl ConnectionTrait,
    id: &OrganizationId,
) -> Result<organization::Model> {
    let row = organization::Entity::in_org(id).lock(LockType::NoKeyUpdate).one(on).await?;
    row.ok_or(Error::NotFound(organization::Model::NOUN))
}

/// Locks a service account, and with it its roles, grants and credentials, which are changed under
/// this lock alone.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn service_account(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    let row = service_account::Entity::in_org(organization)
        .filter(service_account::Column::Id.eq(id.clone()))
        .lock(LockType::NoKeyUpdate)
        .one(on)
        .await?;
    row.ok_or(Error::NotFound(service_account::Model::NOUN))
}

/// Locks a role by its label, and with it its bindings: none is created, and its permissions stay.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn role(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    label: &str,
) -> Result<role::Model> {
    let row = role::Entity::in_org(organization)
        .filter(role::Column::Label.eq(label))
        .lock(LockType::NoKeyUpdate)
        .one(on)
        .await?;
    row.ok_or(Error::NotFound(role::Model::NOUN))
}

/// Locks all credentials of a service account, which must be locked, in the order of their ids, as
/// the statement that records usage does.
///
/// # Errors
/// The database does not respond.
pub async fn credentials(
    on: &impl ConnectionTrait,
    account: &service_account::Model,
) -> Result<Vec<credential::Model>> {
    let all = credential::Entity::in_org(&account.organization_id)
        .filter(credential::Column::ServiceAccountId.eq(account.id.clone()))
        .order_by_asc(credential::Column::Id);
    Ok(all.lock(LockType::NoKeyUpdate).all(on).await?)
}

/// Locks an API, and with it the grants of its scopes.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn api(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ApiId,
) -> Result<api::Model> {
    let row = api::Entity::in_org(organization)
        .filter(api::Column::Id.eq(id.clone()))
        .lock(LockType::NoKeyUpdate)
        .one(on)
        .await?;
    row.ok_or(Error::NotFound(api::Model::NOUN))
}
