//! The role bindings that service accounts hold, on which decisions about changes to them depend.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, service_account};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::role_bindings::{Summary, with_summary};
use crate::authz::Held;
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The bindings of each of `accounts`, in one statement, or two where roles are custom, confined or
/// expire; none are read where no decision on the caller's operations depends on them.
///
/// # Errors
/// The database does not respond.
pub async fn of_accounts(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Held>> {
    if !op.actor.depends_on_held_permissions() {
        return Ok(HashMap::new());
    }
    let account = service_account::Column::Id;
    let select = service_account::Entity::in_org(organization).select_only().column(account);
    let rows = with_summary(select, on, op.now(), organization, account)
        .filter(in_list(on, account, accounts))
        .into_model::<Row>()
        .all(on)
        .await?;
    let summaries = rows.iter().map(|row| (&row.id, &row.summary)).collect();
    let summarized = Summary::complete(on, op.now(), organization, summaries).await?;
    let held = summarized.into_iter().map(|it| it.held);
    Ok(rows.iter().map(|row| row.id.clone()).zip(held).collect())
}

/// The bindings of one account.
///
/// # Errors
/// The database does not respond.
pub async fn of_account(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<Held> {
    let mut found = of_accounts(on, op, organization, std::slice::from_ref(account)).await?;
    Ok(found.remove(account).unwrap_or_default())
}

#[derive(FromQueryResult)]
struct Row {
    id: ServiceAccountId,
    #[sea_orm(nested)]
    summary: Summary,
}
