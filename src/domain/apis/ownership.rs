//! Ownership of API identifiers. All organizations share issuer and keys, so an identifier belongs
//! to one of them for good: to the one that the operator allowed its prefix to or, with the setting
//! `open_identifiers`, to the first that registers it.

use entity::{OrganizationId, TenantScoped, identifier_prefix, organization, reserved_identifier};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::identifier::{covers, normal, prefixes};
use crate::context::OpContext;
use crate::domain::audit::{self, Change, Event};
use crate::domain::{locks, organizations};
use crate::error::{Error, Reason, Result};
use crate::store::{in_list, in_transaction};

/// The one refusal, whether the identifier exists, was deleted, or is under the prefix of another
/// organization or of none: it shows nothing of other tenants.
pub(super) fn not_allowed() -> Error {
    let message = "the organization may not register this identifier";
    Error::conflict(Reason::IdentifierNotAllowed, message)
}

/// Reserves an identifier for an organization for good; of two organizations that do so at once,
/// the second waits for the first to commit, and is refused.
///
/// # Errors
/// `Conflict` when it belongs to another organization, or to none and identifiers are not open.
pub(super) async fn reserve(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    identifier: &str,
) -> Result<()> {
    if !is_allowed(on, op, organization, identifier).await? {
        return Err(not_allowed());
    }
    keep(on, op, organization, identifier).await?;
    let own = reserved_identifier::Entity::in_org(organization)
        .filter(reserved_identifier::Column::Identifier.eq(identifier));
    if own.count(on).await? == 0 { Err(not_allowed()) } else { Ok(()) }
}

/// Writes the reservation, unless there is one.
async fn keep(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    identifier: &str,
) -> Result<()> {
    let row = reserved_identifier::ActiveModel {
        identifier: Set(identifier.to_owned()),
        organization_id: Set(organization.clone()),
        created_at: Set(op.now()),
    };
    let mut first = OnConflict::column(reserved_identifier::Column::Identifier);
    let insert = reserved_identifier::Entity::insert(row);
    let insert = insert.on_conflict(first.do_nothing().to_owned());
    match insert.exec_without_returning(on).await {
        Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn is_allowed(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    identifier: &str,
) -> Result<bool> {
    // Prefixes of several organizations never overlap: those found are of one.
    let covering = identifier_prefix::Entity::any_tenant()
        .filter(in_list(on, identifier_prefix::Column::Prefix, prefixes(identifier)))
        .one(on)
        .await?;
    Ok(covering.map_or(op.app.config.open_identifiers, |it| it.organization_id == *organization))
}

/// Allows an organization to register the identifiers under a prefix: for the operator. Nothing is
/// written if it is allowed already.
///
/// # Errors
/// `NotFound`, `Invalid`; `Conflict` when the prefix overlaps one of another organization.
pub async fn allow(op: &OpContext, label: &str, prefix: &str) -> Result<()> {
    let prefix = normal("prefix", prefix)?;
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
        record(transaction, op, &organization, "organization.allow_identifier", change).await
    })
}

/// Disallows what [`allow`] allowed: for the operator. Registered APIs stay, and every identifier
/// that was registered stays reserved for the organization.
///
/// # Errors
/// `NotFound`, also for a prefix that the organization does not have.
pub async fn disallow(op: &OpContext, label: &str, prefix: &str) -> Result<()> {
    in_transaction!(op.app.db, transaction => {
        locks::identifier_prefixes(transaction).await?;
        let organization = organizations::by_label(transaction, op, label).await?;
        let one = identifier_prefix::Entity::delete_in_org(&organization.id)
            .filter(identifier_prefix::Column::Prefix.eq(prefix));
        if one.exec(transaction).await?.rows_affected == 0 {
            return Err(Error::NotFound("identifier prefix of this organization"));
        }
        let change = Change::removed("identifier_prefixes", prefix);
        record(transaction, op, &organization, "organization.disallow_identifier", change).await
    })
}

/// The prefixes of an organization, in alphabetical order: for the operator.
///
/// # Errors
/// `NotFound`, or what the database answers.
pub async fn allowed(op: &OpContext, label: &str) -> Result<Vec<identifier_prefix::Model>> {
    let organization = organizations::by_label(op.db(), op, label).await?;
    let all = identifier_prefix::Entity::in_org(&organization.id);
    Ok(all.order_by_asc(identifier_prefix::Column::Prefix).all(op.db()).await?)
}

/// For the operator alone: it names the other organization.
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
    action: &'static str,
    change: Change,
) -> Result<()> {
    let event = organizations::event(organization, action);
    audit::record(on, op, Event { changes: vec![change], ..event }).await
}
