//! Roles: the built-in ones, and those that an organization creates.

mod change;
mod create;
mod delete;
mod effective;
pub mod grants;
mod impact;
mod input;
mod update;

use std::collections::HashMap;

use entity::{OrganizationId, RoleId, ServiceAccountId, TenantScoped, role};
use sea_orm::QueryFilter;

use super::access::role_bindings::{self, RoleBinding};
pub use super::access::role_definition::RoleDefinition;
use super::access::{self, accounts, role_definition};
use super::audit::{Event, EventType, Target};
use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::store::in_list;
pub use change::RoleChange;
pub use create::create;
pub use delete::delete;
pub use effective::{
    EffectivePermissions, effective_of_caller, effective_of_credential, may_grant,
};
pub use impact::{HolderChange, Impact};
pub use input::RoleInput;
pub use update::{Updated, update};

/// The maximum number of roles that an organization creates.
pub const MAX_ROLES: u64 = 100;

/// The maximum number of roles that a service account holds.
pub const MAX_BINDINGS: u64 = 50;

/// The roles of an organization: the built-in ones, then its own by their labels.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn list(op: &OpContext, organization: &OrganizationId) -> Result<Vec<RoleDefinition>> {
    op.permit(Permission::RolesList, organization)?;
    role_definition::all(op.db(), organization).await
}

/// The role with this label or id.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn fetch(
    op: &OpContext,
    organization: &OrganizationId,
    reference: &str,
) -> Result<RoleDefinition> {
    if !op.may(Permission::RolesList, organization) {
        return Err(role_definition::not_found());
    }
    role_definition::find(op.db(), organization, reference).await
}

/// The roles that the caller holds in the whole organization: in one statement if it holds roles that
/// the organization created, otherwise in none.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn of_caller(op: &OpContext) -> Result<Vec<RoleDefinition>> {
    let client = op.client()?;
    let held = client.bindings.iter().filter(|it| it.target.is_none());
    let mut labels: Vec<_> = held.map(|it| it.role.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let built_in = |label: &&str| label.parse::<Role>().ok().map(RoleDefinition::BuiltIn);
    if let Some(all) = labels.iter().map(built_in).collect() {
        return Ok(all);
    }
    let all = role_definition::all(op.db(), &client.organization).await?;
    Ok(all.into_iter().filter(|role| labels.contains(&role.label())).collect())
}

/// The roles of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_ids(op: &OpContext, ids: Vec<RoleId>) -> Result<HashMap<RoleId, RoleDefinition>> {
    let tenant = op.tenant()?;
    if !op.may(Permission::RolesList, tenant) {
        return Ok(HashMap::new());
    }
    let rows = role::Entity::in_org(tenant).filter(in_list(op.db(), role::Column::Id, &ids));
    let rows = rows.all(op.db()).await?.into_iter();
    let mut found: HashMap<_, _> =
        rows.map(|row| (row.id.clone(), RoleDefinition::from(row))).collect();
    let built_in = Role::ALL.iter().filter_map(|role| Some((role.id().parse().ok()?, *role)));
    found.extend(built_in.map(|(id, role)| (id, RoleDefinition::BuiltIn(role))));
    Ok(found)
}

/// The role bindings of each of `accounts` whose roles the caller may list.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn held_by(
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Result<Vec<RoleBinding>>>> {
    access::read_permitted(op, Permission::RolesList, organization, accounts, async |permitted| {
        role_bindings::of_accounts(op.db(), op.now(), organization, permitted).await
    })
    .await
}

/// The role bindings of one service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn held_by_one(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<Vec<RoleBinding>> {
    let row = accounts::fetch_for(op, Permission::RolesList, organization, id).await?;
    role_bindings::of(op.db(), op.now(), &row).await
}

/// The roles with these labels or ids, by their labels without duplicates; and the errors for the others,
/// in the field `roles`. For decisions, not for responses.
pub(super) async fn named(
    op: &OpContext,
    organization: &OrganizationId,
    references: &[String],
) -> Result<(Vec<RoleDefinition>, Vec<Error>)> {
    let all = role_definition::all(op.db(), organization).await?;
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for (at, reference) in references.iter().enumerate() {
        let named = all.iter().find(|it| it.label() == reference || it.id() == *reference);
        match named {
            Some(role) => found.push(role.clone()),
            None => unknown.push(Error::invalid(format!("roles.{at}"), UNKNOWN)),
        }
    }
    found.sort_by(|a, b| a.label().cmp(b.label()));
    found.dedup();
    Ok((found, unknown))
}

/// The error message for a role that the organization does not have.
pub const UNKNOWN: &str = "must be the label or the id of a role of the organization";

/// An event of a role.
fn event(row: &role::Model, action: EventType) -> Event<'_> {
    let target = Target { kind: "role", id: row.id.as_str(), name: Some(&row.name) };
    Event::success(&row.organization_id, action, target)
}
