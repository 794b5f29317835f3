//! APIs: the audiences of tokens beside Postern itself, each with its own scopes.

mod create;
mod filter;
mod grants;
mod identifier;
mod identifier_prefixes;
mod ownership;
mod revocation;
mod update;

use entity::{ApiId, OrganizationId, TenantScoped, api};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::audit::{self, Event, EventType, Snapshot, Target};
use super::locks;
use crate::authz::{Permission, Resource, Scopes};
use crate::context::OpContext;
use crate::error::{Error, Fields, Result};
use crate::store::{in_list, in_transaction};

pub use create::{ApiInput, create};
pub use filter::{ApiFilter, ApiGrantFilter, ApiGrantSelection, ApiSelection};
pub use grants::{
    Grant, MAX_GRANTED_APIS, MAX_GRANTED_SCOPES, count_grants_of_api, effective_grants_of_caller,
    effective_grants_of_credential, for_audiences, grant, grants_of_account, grants_of_accounts,
    grants_of_api, remaining_scope, revoke, scopes_of, unambiguous,
};
pub use identifier::identifier_prefix;
pub use identifier_prefixes::{allow_prefix, disallow_prefix, list_prefixes};
pub use update::{Change, Updated, update};

/// The maximum number of APIs of an organization.
pub const MAX_APIS: u64 = 100;

/// The selected APIs of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the filter), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    ApiSelection { filter, sort }: &ApiSelection,
) -> Result<Vec<api::Model>> {
    op.permit(Permission::ApisList, organization)?;
    let mut fields = Fields::default();
    filter.validate(&mut fields);
    fields.finish()?;
    let mut all = api::Entity::in_org(organization).all(op.db()).await?;
    all.retain(|row| filter.matches(row));
    sort.apply(&mut all);
    Ok(all)
}

/// The rows of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_ids(op: &OpContext, ids: Vec<ApiId>) -> Result<Vec<api::Model>> {
    let rows = api::Entity::in_org(op.tenant()?);
    let rows = rows.filter(in_list(op.db(), api::Column::Id, &ids)).all(op.db()).await?;
    Ok(rows.into_iter().filter(|row| op.may(api::Model::READ, row)).collect())
}

/// Deletes it with all grants of its scopes: no more tokens are issued for it. Its identifier stays
/// reserved for the organization. Returns the number of revoked scopes, counted once for
/// each service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn delete(op: &OpContext, organization: &OrganizationId, id: &ApiId) -> Result<usize> {
    op.permit(Permission::ApisDelete, find(op.db(), organization, id).await?)?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::api(transaction, organization, id).await?;
        let held = revocation::held(transaction, &row, &Scopes::split(&row.scopes)).await?;
        revocation::permit(transaction, op, &held).await?;
        let one = api::Entity::delete_in_org(organization).filter(api::Column::Id.eq(id.clone()));
        one.exec(transaction).await?;
        let event = event(&row, EventType::ApiDelete).changed(Snapshot::from(&row), Snapshot::default());
        audit::record(transaction, op, event).await?;
        revocation::record(transaction, op, &row, &held).await
    })
}

/// Rejects a caller who may not read the API.
async fn permit_read(op: &OpContext, organization: &OrganizationId, id: &ApiId) -> Result<()> {
    op.permit(api::Model::READ, find(op.db(), organization, id).await?).map(drop)
}

async fn find(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &ApiId,
) -> Result<api::Model> {
    select(organization, id).one(on).await?.ok_or(Error::NotFound(api::Model::NOUN))
}

/// Validates the scopes of an API.
fn validate_scopes(field: &str, texts: &[impl AsRef<str>]) -> Result<Scopes> {
    Scopes::validate(texts).map_err(|(at, message)| {
        let at = at.map(|at| format!(".{at}")).unwrap_or_default();
        Error::invalid(format!("{field}{at}"), message)
    })
}

fn select(organization: &OrganizationId, id: &ApiId) -> sea_orm::Select<api::Entity> {
    api::Entity::in_org(organization).filter(api::Column::Id.eq(id.clone()))
}

fn event<'a>(row: &'a api::Model, action: EventType) -> Event<'a> {
    let target = Target { kind: "api", id: row.id.as_str(), name: Some(&row.name) };
    Event::success(&row.organization_id, action, target)
}
