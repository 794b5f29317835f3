//! Bounds of credentials: their restrictions and ends, for decisions on callers whose own credential
//! is restricted or ends.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, credential, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::authz::{Bounds, CredentialBounds, Permission};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The restrictions and ends of all credentials of each of `accounts`: for decisions, not to be
/// shown.
///
/// # Errors
/// What the database answers.
pub async fn of_accounts(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Vec<CredentialBounds>>> {
    let listed = in_list(on, credential::Column::ServiceAccountId, accounts);
    let rows = credential::Entity::shown_in_org(organization).filter(listed).all(on).await?;
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        all.entry(row.service_account_id.clone()).or_default().push(row);
    }
    let bounds = |rows: Vec<_>| CredentialBounds::of_account(&rows, op.now());
    Ok(all.into_iter().map(|(account, rows)| (account, bounds(rows))).collect())
}

/// Rejects a grant to an account that has a credential less restricted than the caller's own; the
/// account must be locked.
pub async fn permit_grant_to(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
) -> Result<()> {
    if !op.actor.is_bounded() {
        return Ok(());
    }
    let all = rows(account).all(on).await?;
    let bounds: Vec<_> = all.iter().map(Bounds::of).collect();
    op.permit_bounds(Permission::RolesGrant, bounds.iter().map(Option::as_ref))
}

/// The credentials of one account.
pub fn rows(account: &service_account::Model) -> sea_orm::Select<credential::Entity> {
    credential::Entity::in_org(&account.organization_id)
        .filter(credential::Column::ServiceAccountId.eq(account.id.clone()))
}
