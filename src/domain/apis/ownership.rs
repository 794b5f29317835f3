//! Ownership of API identifiers. All organizations share issuer and keys, so an identifier belongs
//! to one of them permanently: to the one that the operator allowed its prefix to or, with the setting
//! `open_identifiers`, to the first that registers it.

use entity::{OrganizationId, TenantScoped, identifier_prefix, reserved_identifier};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

use super::identifier::prefixes;
use crate::context::OpContext;
use crate::error::{Error, Reason, Result};
use crate::store::in_list;

/// The same error whether the identifier exists, was deleted, or is under the prefix of another
/// organization or of none: it reveals nothing about other tenants.
pub(super) fn not_allowed() -> Error {
    let message = "the organization may not register this identifier";
    Error::conflict(Reason::IdentifierNotAllowed, message)
}

/// Reserves an identifier for an organization permanently. Of two concurrent organizations, the
/// second waits for the first to commit, and is rejected.
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
    insert_reservation(on, op, organization, identifier).await?;
    let own = reserved_identifier::Entity::in_org(organization)
        .filter(reserved_identifier::Column::Identifier.eq(identifier));
    if own.count(on).await? == 0 { Err(not_allowed()) } else { Ok(()) }
}

/// Inserts a reservation, unless one exists.
pub(super) async fn insert_reservation(
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
    let mut conflict = OnConflict::column(reserved_identifier::Column::Identifier);
    let insert = reserved_identifier::Entity::insert(row);
    let insert = insert.on_conflict(conflict.do_nothing().to_owned());
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
    // Prefixes of different organizations never overlap: all matches belong to one.
    let covering = identifier_prefix::Entity::any_tenant()
        .filter(in_list(on, identifier_prefix::Column::Prefix, prefixes(identifier)))
        .one(on)
        .await?;
    Ok(covering.map_or(op.app.config.organizations.open_identifiers, |it| {
        it.organization_id == *organization
    }))
}
