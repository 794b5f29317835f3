//! Creation of service accounts.

use entity::{OrganizationId, TenantScoped, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, PaginatorTrait};
use serde::Serialize;

use crate::authz::{Actor, Permission, Role};
use crate::context::OpContext;
use crate::domain::access::account_event::event;
use crate::domain::access::accounts::select;
use crate::domain::access::role_bindings;
use crate::domain::audit::{self, Facts};
use crate::domain::idempotency::{self, Claim, Created, Key};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::in_transaction;

/// A service account to be.
#[derive(Debug, Serialize)]
pub struct ServiceAccountInput {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The roles that it is to hold from the start.
    pub roles: Vec<Role>,
}

/// Creates one, with its roles: nobody grants what they do not hold. With a `key`, it is created
/// once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization has as many as it may have,
/// when the key was used for something else, or when the account that it created was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    new: ServiceAccountInput,
    key: Option<&Key>,
) -> Result<service_account::Model> {
    create_with(Fields::default(), op, organization, new, key).await
}

/// The same, with inputs that the surface found invalid: these are reported with the others, once
/// the permissions were asked.
///
/// # Errors
/// As [`create`].
pub async fn create_with(
    mut fields: Fields,
    op: &OpContext,
    organization: &OrganizationId,
    new: ServiceAccountInput,
    key: Option<&Key>,
) -> Result<service_account::Model> {
    op.permit(Permission::ServiceAccountsCreate, organization)?;
    if !new.roles.is_empty() {
        op.permit(Permission::RolesGrant, organization)?;
        op.permit_grant(Role::permissions_of(&new.roles))?;
    }
    let name = fields.check(text::name(&new.name))?;
    let description = fields.check(text::description(new.description.as_deref()))?;
    fields.check(Key::check(key))?;
    fields.finish()?;
    let operation = ("service_accounts.create", organization.as_str());
    let claim = Claim::new(op, key, operation, &new)?;
    if let Some(created) = claim.answer(op).await? {
        let row = replayed(op, organization, &created).await?;
        return Ok(as_created(op, row, &name, description));
    }
    let most = most(op);
    let row = in_transaction!(op.app.db, transaction => {
        if most.is_some() {
            // Creates wait for each other here, so that none is counted too few.
            locks::organization(transaction, organization).await?;
        }
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        permit_one_more(transaction, organization, most).await?;
        let row = insert(transaction, op, organization, &name, description.clone()).await?;
        for role in &new.roles {
            role_bindings::bind(transaction, op, &row, *role).await?;
        }
        claim.keep(transaction, op, &Created::plain(&row.id)).await?;
        Ok(Some(row))
    })?;
    match row {
        Some(row) => Ok(row),
        None => {
            let row = replayed(op, organization, &claim.first_answer(op).await?).await?;
            Ok(as_created(op, row, &name, description))
        }
    }
}

/// How many accounts the organization may have; the operator is not limited.
fn most(op: &OpContext) -> Option<u64> {
    op.app.config.service_accounts_per_organization.filter(|_| !matches!(op.actor, Actor::Operator))
}

/// Rejects one more account than an organization, which must be locked, may have.
async fn permit_one_more(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    most: Option<u64>,
) -> Result<()> {
    let Some(most) = most else { return Ok(()) };
    if service_account::Entity::in_org(organization).count(on).await? < most {
        return Ok(());
    }
    let message = format!("an organization has at most {most} service accounts");
    Err(Error::conflict(Reason::LimitReached, message))
}

/// A replay for a caller who may not read the account shows what it created, and nothing of what
/// became of it.
fn as_created(
    op: &OpContext,
    row: service_account::Model,
    name: &str,
    description: Option<String>,
) -> service_account::Model {
    if op.may(Permission::ServiceAccountsRead, &row) {
        return row;
    }
    service_account::Model {
        name: name.to_owned(),
        description,
        updated_at: row.created_at,
        disabled_at: None,
        disabled_by: None,
        not_before: None,
        ..row
    }
}

/// The account that an earlier request with the same key created, as it is now.
async fn replayed(
    op: &OpContext,
    organization: &OrganizationId,
    created: &Created,
) -> Result<service_account::Model> {
    let row = select(organization, &created.id()?).one(op.db()).await?;
    row.ok_or_else(idempotency::deleted)
}

/// Makes the row.
pub(in crate::domain) async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    name: &str,
    description: Option<String>,
) -> Result<service_account::Model> {
    let now = op.now();
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
    audit::record(on, op, event.changed(Facts::default(), Facts::from(&row))).await?;
    Ok(row)
}
