//! Scopes that are granted to service accounts at APIs.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId};
use sea_orm::ConnectionTrait;

use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
pub use crate::domain::access::api_grants::{Grant, of_account as granted_to_one};
use crate::domain::access::{self, api_grants};
use crate::error::Result;

/// At how many APIs a service account may be granted something.
pub const MOST: u64 = 20;

/// How many scopes a service account may be granted, at all APIs together.
pub const MOST_SCOPES: usize = 1_000;

/// The grants at all of `audiences`; nothing, if nothing is granted at one of them.
#[must_use]
pub fn for_audiences<'a>(granted: &'a [Grant], audiences: &[String]) -> Option<Vec<&'a Grant>> {
    let by_identifier: HashMap<&str, &Grant> =
        granted.iter().map(|it| (it.api.identifier.as_str(), it)).collect();
    let grant = |audience: &String| by_identifier.get(audience.as_str()).copied();
    audiences.iter().map(|it| grant(it).filter(|it| !it.scopes.is_empty())).collect()
}

/// All scopes of several grants.
#[must_use]
pub fn held(grants: &[&Grant]) -> Scopes {
    grants.iter().flat_map(|it| it.scopes.iter()).collect()
}

/// Those of `scopes` that no API would take for more than was granted there.
#[must_use]
pub fn unambiguous(grants: &[&Grant], scopes: Scopes) -> Scopes {
    grants.iter().fold(scopes, |left, grant| left.without(&grant.withheld()))
}

/// What is left of the scope of a token for `audiences`, by what `account` is granted now; nothing, if
/// it is granted nothing at one of them.
///
/// # Errors
/// What the database answers.
pub async fn still_granted(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    audiences: &[String],
    scope: &str,
) -> Result<Option<Scopes>> {
    let granted = granted_to_one(on, organization, account).await?;
    let Some(grants) = for_audiences(&granted, audiences) else { return Ok(None) };
    let left = unambiguous(&grants, Scopes::split(scope).among(&held(&grants)));
    Ok(Some(left).filter(|left| !left.is_empty()))
}

/// The grants of each of `accounts`, for each that the caller may see them of.
///
/// # Errors
/// The outer one: the database does not answer. The inner ones: `NotFound`, `Forbidden`.
pub async fn granted_to(
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Result<Vec<Grant>>>> {
    access::read_permitted(op, Permission::RolesList, organization, accounts, async |permitted| {
        api_grants::of_accounts(op.db(), organization, permitted).await
    })
    .await
}
