//! Creation of service accounts.

use entity::{OrganizationId, TenantScoped, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, PaginatorTrait};
use serde::Serialize;

use super::external_id;
use super::new_account::NewAccount;
use super::replay::{as_created, replayed};
use crate::authz::{Actor, Binding, Permission};
use crate::context::OpContext;
use crate::domain::access::account_event::event;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::idempotency::{Claim, IdempotencyKey, StoredResult};
use crate::domain::roles::grants::{self, NewBinding};
use crate::domain::roles::named;
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::in_transaction;

/// The input of a service account.
#[derive(Debug, Serialize)]
pub struct ServiceAccountInput {
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// The labels or ids of its initial roles.
    pub roles: Vec<String>,
    /// Its id in the tool that declares it.
    // Without one, the fingerprint of an idempotency key is that of earlier versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// Creates a service account with roles, whose permissions the caller must hold. With a `key`,
/// retries create none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization has its maximum number, or
/// another account with the external id,
/// when the key was used for something else, or when the account that it created was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    mut input: ServiceAccountInput,
    key: Option<&IdempotencyKey>,
) -> Result<service_account::Model> {
    op.permit(Permission::ServiceAccountsCreate, organization)?;
    let mut fields = Fields::default();
    let (mut roles, mut unknown) = (Vec::new(), Vec::new());
    if !input.roles.is_empty() {
        op.permit(Permission::RolesGrant, organization)?;
        (roles, unknown) = named(op, organization, &input.roles).await?;
        for role in &roles {
            op.permit_grant(
                Permission::RolesGrant,
                &Binding::unlimited(role.label(), role.at_most()),
            )?;
        }
    }
    let name = fields.check(text::name(&input.name))?;
    let description = fields.check(text::description(input.description.as_deref()))?;
    let external_id = input.external_id.as_deref().map(external_id::validate).transpose();
    let external_id = fields.check(external_id)?;
    for error in unknown {
        fields.check::<()>(Err(error))?;
    }
    fields.check(IdempotencyKey::check(key))?;
    fields.finish()?;
    input.roles = roles.iter().map(|role| role.label().to_owned()).collect();
    let operation = ("service_accounts.create", organization.as_str());
    let claim = Claim::new(op, key, operation, &input)?;
    let new = NewAccount { name, description, external_id };
    if let Some(created) = claim.replay(op).await? {
        let row = replayed(op, organization, &created).await?;
        return Ok(as_created(op, row, new));
    }
    let max = max_accounts(op);
    let row = in_transaction!(op.app.db, transaction => {
        if max.is_some() {
            // Serializes creates, so that concurrent ones do not exceed the maximum.
            locks::organization(transaction, organization).await?;
        }
        if !claim.acquire(transaction).await? {
            return Ok(None);
        }
        permit_one_more(transaction, organization, max).await?;
        let row = insert(transaction, op, organization, &new).await?;
        for role in &roles {
            let binding = NewBinding::of_organization(role.label());
            grants::bind(transaction, op, &row, role, &binding).await?;
        }
        claim.store(transaction, op, &StoredResult::without_secret(&row.id)).await?;
        Ok(Some(row))
    })?;
    match row {
        Some(row) => Ok(row),
        None => {
            let row = replayed(op, organization, &claim.replay_first(op).await?).await?;
            Ok(as_created(op, row, new))
        }
    }
}

/// The maximum number of accounts of the organization; none for the operator.
fn max_accounts(op: &OpContext) -> Option<u64> {
    op.app.config.organizations.service_accounts.filter(|_| !matches!(op.actor, Actor::Operator))
}

/// Rejects an account beyond the maximum number of an organization, which must be locked.
async fn permit_one_more(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    max: Option<u64>,
) -> Result<()> {
    let Some(max) = max else { return Ok(()) };
    if service_account::Entity::in_org(organization).count(on).await? < max {
        return Ok(());
    }
    let message = format!("an organization has at most {max} service accounts");
    Err(Error::conflict(Reason::LimitReached, message))
}

/// Inserts the row.
pub(in crate::domain) async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    new: &NewAccount,
) -> Result<service_account::Model> {
    let now = op.now();
    let row = service_account::ActiveModel {
        id: Set(random::id()),
        organization_id: Set(organization.clone()),
        name: Set(new.name.clone()),
        description: Set(new.description.clone()),
        created_at: Set(now),
        updated_at: Set(now),
        disabled_at: Set(None),
        disabled_by: Set(None),
        not_before: Set(None),
        external_id: Set(new.external_id.clone()),
    };
    let row = row.insert(on).await.map_err(external_id::conflict)?;
    let event = event(&row, EventType::ServiceAccountCreate);
    audit::record(on, op, event.changed(Snapshot::default(), Snapshot::from(&row))).await?;
    Ok(row)
}
