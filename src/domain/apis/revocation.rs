//! Revocation of scopes from every service account that holds them, when their API loses them or is
//! deleted.

use std::collections::HashMap;

use entity::{ServiceAccountId, TenantScoped, api, api_grant, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::grants::rows;
use crate::authz::{Account, Held, Permission, Scopes};
use crate::context::OpContext;
use crate::domain::access::held_permissions;
use crate::domain::audit::EventType;
use crate::error::Result;
use crate::store::in_list;

/// Scopes of an API to revoke from one service account.
pub(super) struct RevokedGrant {
    account: service_account::Model,
    revoked: Scopes,
    left: Scopes,
}

/// The grants of `scopes` to service accounts. The API must be locked.
pub(super) async fn held(
    on: &impl ConnectionTrait,
    api: &api::Model,
    scopes: &Scopes,
) -> Result<Vec<RevokedGrant>> {
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let organization = &api.organization_id;
    let grants = api_grant::Entity::in_org(organization)
        .filter(api_grant::Column::ApiId.eq(api.id.clone()))
        .all(on)
        .await?;
    let ids = grants.iter().map(|grant| &grant.service_account_id);
    let accounts = service_account::Entity::in_org(organization)
        .filter(in_list(on, service_account::Column::Id, ids))
        .all(on)
        .await?;
    let mut accounts: HashMap<_, _> = accounts.into_iter().map(|it| (it.id.clone(), it)).collect();
    // A missing account was deleted concurrently, and its grants with it.
    let held = grants.into_iter().filter_map(|grant| {
        let granted = Scopes::split(&grant.scopes);
        let revoked = granted.clone().intersection(scopes);
        let account = accounts.remove(&grant.service_account_id)?;
        (!revoked.is_empty()).then(|| RevokedGrant {
            account,
            left: granted.difference(&revoked),
            revoked,
        })
    });
    Ok(held.collect())
}

/// Rejects a caller who could not revoke each of them separately: it must hold `apis:grant`, the
/// permission to read the service accounts, and every permission that they hold.
pub(super) async fn permit(
    on: &impl ConnectionTrait,
    op: &OpContext,
    held: &[RevokedGrant],
) -> Result<()> {
    let Some(first) = held.first() else { return Ok(()) };
    // `Forbidden`, not `NotFound`: the caller may read the API, if not its grants.
    op.permit_held(Permission::ApisGrant)?;
    op.permit_held(Permission::ServiceAccountsRead)?;
    let organization = &first.account.organization_id;
    let ids: Vec<_> = held.iter().map(|it| it.account.id.clone()).collect();
    let held = held_permissions::of_accounts(on, op, organization, &ids).await?;
    for id in &ids {
        let held = held.get(id).unwrap_or(Held::UNKNOWN);
        op.permit(Permission::ApisGrant, Account { organization, id, held })?;
    }
    Ok(())
}

/// Reduces each grant to its remaining scopes, in one statement for all with the same remainder.
pub(super) async fn revoke(
    on: &impl ConnectionTrait,
    api: &api::Model,
    held: &[RevokedGrant],
) -> Result<()> {
    let mut by_left: HashMap<String, Vec<&ServiceAccountId>> = HashMap::new();
    for it in held {
        by_left.entry(it.left.to_string()).or_default().push(&it.account.id);
    }
    for (left, accounts) in by_left {
        rows::reduce(on, &accounts, api, &left).await?;
    }
    Ok(())
}

/// Records an event for each scope of each service account; returns how many.
pub(super) async fn record(
    on: &impl ConnectionTrait,
    op: &OpContext,
    api: &api::Model,
    held: &[RevokedGrant],
) -> Result<usize> {
    let each: Vec<_> = held.iter().map(|it| (&it.account, &it.revoked)).collect();
    rows::record(on, op, EventType::ApiScopeRevoke, api, &each).await?;
    Ok(held.iter().map(|it| it.revoked.len()).sum())
}
