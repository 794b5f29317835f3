//! What service accounts may do at APIs.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, api, api_grant, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// At how many APIs a service account may be granted something.
pub const MOST: u64 = 20;

/// How many scopes a service account may be granted, at all APIs together.
pub const MOST_SCOPES: usize = 1_000;

/// What a service account may do at an API.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The API.
    pub api: api::Model,
    /// The scopes that were granted and that the API has.
    pub scopes: Scopes,
}

impl Grant {
    /// The scopes of the API that were not granted: in a token, it would take one of them for
    /// granted.
    #[must_use]
    pub fn withheld(&self) -> Scopes {
        Scopes::split(&self.api.scopes).without(&self.scopes)
    }
}

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

/// Whether the caller may see what `account` was granted.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn permit_granted_to(op: &OpContext, account: &service_account::Model) -> Result<()> {
    op.permit(Permission::RolesList, account).map(drop)
}

/// What each of `accounts` was granted, in order of registration of the APIs; whoever asks for a
/// caller asks [`permit_granted_to`] first.
///
/// # Errors
/// What the database answers.
pub async fn granted_to(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Vec<Grant>>> {
    let rows = api_grant::Entity::in_org(organization)
        .filter(in_list(on, api_grant::Column::ServiceAccountId, accounts))
        .find_also_related(api::Entity)
        .order_by_asc(api::Column::CreatedAt)
        .order_by_asc(api::Column::Id)
        .all(on)
        .await?;
    let mut granted: HashMap<_, Vec<_>> = HashMap::new();
    for (row, api) in rows {
        let Some(api) = api else { continue };
        let scopes = Scopes::split(&row.scopes).among(&Scopes::split(&api.scopes));
        granted.entry(row.service_account_id).or_default().push(Grant { api, scopes });
    }
    Ok(granted)
}

/// What one account was granted.
///
/// # Errors
/// What the database answers.
pub async fn granted_to_one(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<Vec<Grant>> {
    let mut granted = granted_to(on, organization, std::slice::from_ref(account)).await?;
    Ok(granted.remove(account).unwrap_or_default())
}

/// The grants of one account.
pub(super) fn of(account: &service_account::Model) -> sea_orm::Select<api_grant::Entity> {
    api_grant::Entity::in_org(&account.organization_id)
        .filter(api_grant::Column::ServiceAccountId.eq(account.id.clone()))
}
