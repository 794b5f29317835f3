//! Rows of API grants and their audit events.

use entity::{ServiceAccountId, TenantScoped, api, api_grant, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::authz::Scopes;
use crate::context::OpContext;
use crate::domain::access::{account_event, api_grants};
use crate::domain::audit::{self, Change, Event, EventType};
use crate::error::Result;
use crate::store::in_list;

/// The scopes of an API that are granted to an account.
pub async fn granted_scopes(
    on: &impl ConnectionTrait,
    account: &service_account::Model,
    api: &api::Model,
) -> Result<Option<Scopes>> {
    let row = api_grants::rows(account)
        .filter(api_grant::Column::ApiId.eq(api.id.clone()))
        .one(on)
        .await?;
    Ok(row.map(|row| Scopes::split(&row.scopes)))
}

/// Reduces the existing grants of an API to `accounts` to the scopes `left`.
pub async fn reduce(
    on: &impl ConnectionTrait,
    accounts: &[&ServiceAccountId],
    api: &api::Model,
    left: &str,
) -> Result<()> {
    use api_grant::Column::{ApiId, Scopes, ServiceAccountId};
    let organization = &api.organization_id;
    let matches = in_list(on, ServiceAccountId, accounts).and(ApiId.eq(api.id.clone()));
    if left.is_empty() {
        api_grant::Entity::delete_in_org(organization).filter(matches).exec(on).await?;
    } else {
        let update = api_grant::Entity::update_in_org(organization).filter(matches);
        update.col_expr(Scopes, Expr::value(left)).exec(on).await?;
    }
    Ok(())
}

/// Inserts or updates the grant of an API, which must be locked.
pub async fn upsert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    api: &api::Model,
    scopes: Scopes,
) -> Result<()> {
    use api_grant::Column::{ApiId, Scopes as Column, ServiceAccountId};
    let row = api_grant::ActiveModel {
        service_account_id: Set(account.id.clone()),
        api_id: Set(api.id.clone()),
        organization_id: Set(account.organization_id.clone()),
        scopes: Set(scopes.to_string()),
        created_at: Set(op.now()),
    };
    let update = OnConflict::columns([ServiceAccountId, ApiId]).update_column(Column).to_owned();
    api_grant::Entity::insert(row).on_conflict(update).exec_without_returning(on).await?;
    Ok(())
}

/// Records an event for each scope of each service account.
pub async fn record(
    on: &impl ConnectionTrait,
    op: &OpContext,
    action: EventType,
    api: &api::Model,
    of: &[(&service_account::Model, &Scopes)],
) -> Result<()> {
    let scopes = of.iter().flat_map(|(account, scopes)| scopes.iter().map(|it| (*account, it)));
    let each: Vec<_> =
        scopes.map(|(account, scope)| (account, scope, format!("{scope} of {}", api.id))).collect();
    let mut events = Vec::with_capacity(each.len());
    for (account, scope, detail) in &each {
        let change = match action {
            EventType::ApiScopeGrant => Change::added("api_scopes", *scope),
            _ => Change::removed("api_scopes", *scope),
        };
        let event = account_event::event(account, action);
        events.push(Event { detail: Some(detail), changes: vec![change], ..event });
    }
    audit::record_all(on, op, events).await
}
