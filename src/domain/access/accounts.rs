//! Service accounts, fetched for operations of all nouns.

use entity::{OrganizationId, ServiceAccountId, TenantScoped, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::escalation;
use crate::authz::{Permission, Resource};
use crate::context::OpContext;
use crate::error::{Error, Result};

/// The service account, if the caller may do `permission` to it.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn fetch_for(
    op: &OpContext,
    permission: Permission,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    let row = fetch(op.db(), organization, id).await?;
    if permission.changes() {
        escalation::permit_account(op.db(), op, permission, &row).await?;
        return Ok(row);
    }
    op.permit(permission, row)
}

/// The service account, without a check: for decisions, not for responses.
pub async fn fetch(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    select(organization, id).one(on).await?.ok_or_else(not_found)
}

/// The query for one service account.
pub fn select(
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> sea_orm::Select<service_account::Entity> {
    service_account::Entity::in_org(organization).filter(service_account::Column::Id.eq(id.clone()))
}

/// The error for a service account that does not exist in the organization.
pub fn not_found() -> Error {
    Error::NotFound(service_account::Model::NOUN)
}
