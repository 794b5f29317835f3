//! Bounds of the credentials of service accounts.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, credential, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::authz::CredentialBounds;
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The bounds of all credentials of each of `accounts`: for decisions, not for responses.
///
/// # Errors
/// The database does not respond.
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

/// The query for the credentials of one account.
pub fn rows(account: &service_account::Model) -> sea_orm::Select<credential::Entity> {
    credential::Entity::in_org(&account.organization_id)
        .filter(credential::Column::ServiceAccountId.eq(account.id.clone()))
}
