//! API grants: the scopes of APIs that service accounts hold.

use std::collections::{HashMap, HashSet};

use entity::{OrganizationId, ServiceAccountId, TenantScoped, api, api_grant, service_account};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::authz::Scopes;
use crate::error::Result;
use crate::store::in_list;

/// The scopes of a service account at an API.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The holder.
    pub account: ServiceAccountId,
    /// The API.
    pub api: api::Model,
    /// The granted scopes that the API still has.
    pub scopes: Scopes,
}

impl Grant {
    /// The grant of a row, which belongs to `api`.
    #[must_use]
    pub fn of(row: api_grant::Model, api: api::Model) -> Self {
        let scopes = Scopes::split(&row.scopes).intersection(&Scopes::split(&api.scopes));
        Self { account: row.service_account_id, api, scopes }
    }

    /// The scopes of the API that are not granted. The API would accept them from any token for it.
    #[must_use]
    pub fn ungranted(&self) -> Scopes {
        Scopes::split(&self.api.scopes).difference(&self.scopes)
    }
}

/// The grants of each of `accounts`, in order of registration of the APIs: for decisions, not
/// for responses.
pub async fn of_accounts(
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
        granted.entry(row.service_account_id.clone()).or_default().push(Grant::of(row, api));
    }
    Ok(granted)
}

/// The grants of one account: for decisions, not for responses.
pub async fn of_account(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<Vec<Grant>> {
    let mut granted = of_accounts(on, organization, std::slice::from_ref(account)).await?;
    Ok(granted.remove(account).unwrap_or_default())
}

/// The expression for whether the account of a row has API scopes.
pub fn exist(organization: &OrganizationId, account: impl ColumnTrait) -> SimpleExpr {
    let grants = api_grant::Entity::in_org(organization)
        .select_only()
        .expr(Expr::value(1))
        .filter(api_grant::Column::ServiceAccountId.into_expr().eq(account.into_expr()));
    Expr::exists(grants.into_query())
}

/// Those of `accounts` that have API scopes.
pub async fn holders(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashSet<ServiceAccountId>> {
    let ids = api_grant::Entity::in_org(organization)
        .filter(in_list(on, api_grant::Column::ServiceAccountId, accounts))
        .select_only()
        .column(api_grant::Column::ServiceAccountId);
    let ids: Vec<_> = ids.into_tuple().all(on).await?;
    Ok(ids.into_iter().collect())
}

/// The query for the grants of one account.
pub fn rows(account: &service_account::Model) -> sea_orm::Select<api_grant::Entity> {
    api_grant::Entity::in_org(&account.organization_id)
        .filter(api_grant::Column::ServiceAccountId.eq(account.id.clone()))
}
