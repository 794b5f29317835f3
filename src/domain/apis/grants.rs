//! API grants: the scopes of APIs that service accounts hold.

mod change;
mod effective;
mod list;
pub(super) mod rows;

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId};
use sea_orm::ConnectionTrait;

use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
pub use crate::domain::access::api_grants::{Grant, of_account as grants_of_account};
use crate::domain::access::{self, api_grants};
use crate::error::Result;
pub use change::{grant, revoke};
pub use effective::{
    of_caller as effective_grants_of_caller, of_credential as effective_grants_of_credential,
};
pub use list::{count_of_api as count_grants_of_api, of_api as grants_of_api};

/// The maximum number of APIs that a service account holds scopes of.
pub const MAX_GRANTED_APIS: u64 = 20;

/// The maximum number of scopes that a service account holds, of all APIs together.
pub const MAX_GRANTED_SCOPES: usize = 1_000;

/// The grants for `audiences`; `None` if no scope is granted for one of them.
#[must_use]
pub fn for_audiences<'a>(granted: &'a [Grant], audiences: &[String]) -> Option<Vec<&'a Grant>> {
    let by_identifier: HashMap<&str, &Grant> =
        granted.iter().map(|it| (it.api.identifier.as_str(), it)).collect();
    let grant = |audience: &String| by_identifier.get(audience.as_str()).copied();
    audiences.iter().map(|it| grant(it).filter(|it| !it.scopes.is_empty())).collect()
}

/// The scopes of several grants.
#[must_use]
pub fn scopes_of(grants: &[&Grant]) -> Scopes {
    grants.iter().flat_map(|it| it.scopes.iter()).collect()
}

/// The scopes among `scopes` that no API of the grants would accept beyond its own grant.
#[must_use]
pub fn unambiguous(grants: &[&Grant], scopes: Scopes) -> Scopes {
    grants.iter().fold(scopes, |left, grant| left.difference(&grant.ungranted()))
}

/// The scopes of a token for `audiences` that `account` still holds; `None` if there are none, or none
/// for one of them.
///
/// # Errors
/// The database does not respond.
pub async fn remaining_scope(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    audiences: &[String],
    scope: &str,
) -> Result<Option<Scopes>> {
    let granted = grants_of_account(on, organization, account).await?;
    let Some(grants) = for_audiences(&granted, audiences) else { return Ok(None) };
    let left = unambiguous(&grants, Scopes::split(scope).intersection(&scopes_of(&grants)));
    Ok(Some(left).filter(|left| !left.is_empty()))
}

/// The grants of each of `accounts` whose grants the caller may list.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn grants_of_accounts(
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Result<Vec<Grant>>>> {
    access::read_permitted(op, Permission::RolesList, organization, accounts, async |permitted| {
        api_grants::of_accounts(op.db(), organization, permitted).await
    })
    .await
}
