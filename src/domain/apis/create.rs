//! Registration of APIs.

use entity::{OrganizationId, TenantScoped, api};
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, PaginatorTrait};
use serde::Serialize;

use super::{MAX_APIS, event, identifier, ownership, select, validate_scopes};
use crate::authz::{Permission, Resource};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::idempotency::{self, Claim, IdempotencyKey, StoredResult};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::store::{self, in_transaction};

/// The input of an API.
#[derive(Debug, Serialize)]
pub struct ApiInput {
    /// The URI that clients request it by.
    pub identifier: String,
    /// Display name.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<String>,
}

/// Registers an API. With a `key`, retries register none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the organization may not register the
/// identifier, or has its maximum number of APIs, when the key was used for something else, or when the
/// API that it registered was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    input: ApiInput,
    key: Option<&IdempotencyKey>,
) -> Result<api::Model> {
    op.permit(Permission::ApisCreate, organization)?;
    let new = validate(op, organization, &input, key)?;
    let claim = Claim::new(op, key, ("apis.create", organization.as_str()), &input)?;
    if let Some(created) = claim.replay(op).await? {
        return replayed(op, &created, new).await;
    }
    let created = in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        if !claim.acquire(transaction).await? {
            return Ok(None);
        }
        let row = insert(transaction, op, new.clone()).await?;
        claim.store(transaction, op, &StoredResult::without_secret(&row.id)).await?;
        Ok(Some(row))
    })?;
    match created {
        Some(row) => Ok(row),
        None => replayed(op, &claim.replay_first(op).await?, new).await,
    }
}

/// The API to register.
fn validate(
    op: &OpContext,
    organization: &OrganizationId,
    input: &ApiInput,
    key: Option<&IdempotencyKey>,
) -> Result<api::Model> {
    let mut fields = Fields::default();
    let identifier = fields.check(identifier::validate(op, &input.identifier))?;
    let name = fields.check(text::name(&input.name))?;
    let scopes = fields.check(validate_scopes("scopes", &input.scopes))?;
    fields.check(IdempotencyKey::check(key))?;
    fields.finish()?;
    let now = op.now();
    Ok(api::Model {
        id: random::id(),
        organization_id: organization.clone(),
        identifier,
        name,
        scopes: scopes.to_string(),
        created_at: now,
        updated_at: now,
    })
}

/// Inserts an API of an organization, which must be locked, and reserves its identifier.
async fn insert(on: &impl ConnectionTrait, op: &OpContext, new: api::Model) -> Result<api::Model> {
    if api::Entity::in_org(&new.organization_id).count(on).await? >= MAX_APIS {
        let message = format!("an organization has at most {MAX_APIS} APIs");
        return Err(Error::conflict(Reason::LimitReached, message));
    }
    ownership::reserve(on, op, &new.organization_id, &new.identifier).await?;
    let row = new.into_active_model().insert(on).await;
    let row = row.map_err(|error| store::on_unique_violation(error, ownership::not_allowed))?;
    let event =
        event(&row, EventType::ApiCreate).changed(Snapshot::default(), Snapshot::from(&row));
    audit::record(on, op, event).await?;
    Ok(row)
}

/// The API that an earlier request with the same key registered. A caller who may not read APIs sees it
/// as it was registered.
async fn replayed(op: &OpContext, created: &StoredResult, new: api::Model) -> Result<api::Model> {
    let row = select(&new.organization_id, &created.id()?).one(op.db()).await?;
    let row = row.ok_or_else(idempotency::deleted)?;
    if op.may(api::Model::READ, &row) {
        return Ok(row);
    }
    let (id, created_at) = (row.id, row.created_at);
    Ok(api::Model { id, created_at, updated_at: created_at, ..new })
}
