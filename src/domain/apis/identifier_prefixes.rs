//! Identifier prefixes: the parts of the namespace of API identifiers that the operator allows to
//! organizations.

use entity::{TenantScoped, identifier_prefix, organization};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use super::identifier::{covers, validate_uri};
use crate::context::OpContext;
use crate::domain::audit::{self, Change, Event, EventType};
use crate::domain::{locks, organizations};
use crate::error::{Error, Reason, Result};
use crate::store::in_transaction;

/// Allows an organization to register the identifiers under a prefix: for the operator. Repetitions
/// change nothing.
///
/// # Errors
/// `NotFound`, `Invalid`; `Conflict` when the prefix overlaps one of another organization.
pub async fn allow_prefix(op: &OpContext, label: &str, prefix: &str) -> Result<()> {
    let prefix = validate_uri("prefix", prefix)?;
    in_transaction!(op.app.db, transaction => {
        locks::identifier_prefixes(transaction).await?;
        let organization = organizations::by_label(transaction, op, label).await?;
        let all = identifier_prefix::Entity::any_tenant().all(transaction).await?;
        let is_own = |it: &identifier_prefix::Model| it.organization_id == organization.id;
        if all.iter().any(|it| is_own(it) && it.prefix == prefix) {
            return Ok(());
        }
        let overlaps = |it: &&identifier_prefix::Model| {
            !is_own(it) && (covers(&it.prefix, &prefix) || covers(&prefix, &it.prefix))
        };
        if let Some(other) = all.iter().find(overlaps) {
            return Err(overlap(transaction, &prefix, other).await?);
        }
        let row = identifier_prefix::ActiveModel {
            prefix: Set(prefix.clone()),
            organization_id: Set(organization.id.clone()),
            created_at: Set(op.now()),
        };
        row.insert(transaction).await?;
        let change = Change::added("identifier_prefixes", &prefix);
        record(transaction, op, &organization, EventType::OrganizationAllowIdentifier, change).await
    })
}

/// Reverts [`allow_prefix`]: for the operator. Registered APIs stay, and every registered identifier
/// stays reserved for the organization.
///
/// # Errors
/// `NotFound`, also for a prefix that the organization does not have.
pub async fn disallow_prefix(op: &OpContext, label: &str, prefix: &str) -> Result<()> {
    in_transaction!(op.app.db, transaction => {
        locks::identifier_prefixes(transaction).await?;
        let organization = organizations::by_label(transaction, op, label).await?;
        let one = identifier_prefix::Entity::delete_in_org(&organization.id)
            .filter(identifier_prefix::Column::Prefix.eq(prefix));
        if one.exec(transaction).await?.rows_affected == 0 {
            return Err(Error::NotFound("identifier prefix of this organization"));
        }
        let change = Change::removed("identifier_prefixes", prefix);
        record(transaction, op, &organization, EventType::OrganizationDisallowIdentifier, change).await
    })
}

/// The prefixes of an organization, in alphabetical order: for the operator.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn list_prefixes(op: &OpContext, label: &str) -> Result<Vec<identifier_prefix::Model>> {
    let organization = organizations::by_label(op.db(), op, label).await?;
    let all = identifier_prefix::Entity::in_org(&organization.id);
    Ok(all.order_by_asc(identifier_prefix::Column::Prefix).all(op.db()).await?)
}

/// The error names the other organization: for the operator only.
async fn overlap(
    on: &impl ConnectionTrait,
    prefix: &str,
    other: &identifier_prefix::Model,
) -> Result<Error> {
    let holder = organization::Entity::in_org(&other.organization_id).one(on).await?;
    let holder = holder.map_or_else(|| other.organization_id.to_string(), |it| it.label);
    let message = format!("{prefix} overlaps {}, which {holder} holds", other.prefix);
    Ok(Error::conflict(Reason::IdentifierNotAllowed, message))
}

async fn record(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &organization::Model,
    action: EventType,
    change: Change,
) -> Result<()> {
    let event = organizations::event(organization, action);
    audit::record(on, op, Event { changes: vec![change], ..event }).await
}
