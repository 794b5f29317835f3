//! Granting and revoking scopes of APIs.

use entity::{
    ApiId, OrganizationId, ServiceAccountId, TenantScoped, api, api_grant, service_account,
};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::granted_scopes::{MOST, MOST_SCOPES};
use super::{checked, permit_read};
use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::domain::access::{
    account_event, accounts, api_grants, credential_bounds, held_permissions,
};
use crate::domain::audit::{self, Change, Event};
use crate::domain::locks;
use crate::error::{Error, Fields, Reason, Result};
use crate::store::{in_list, in_transaction};

/// Grants scopes of an API; what is granted already stays.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for scopes that the API does not have; `Conflict` when the
/// account was granted something at as many APIs, or as many scopes, as it may be.
pub async fn grant(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    api: &ApiId,
    scopes: &[String],
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    accounts::fetch_for(op, permission, organization, account).await?;
    permit_read(op, organization, api).await?;
    let (given, scopes) = (scopes, checked("scopes", scopes)?);
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        held_permissions::permit_account(transaction, op, permission, &row).await?;
        credential_bounds::permit_grant_to(transaction, op, &row).await?;
        let api = locks::api(transaction, organization, api).await?;
        permit_scopes(&api, given)?;
        let rows = api_grants::rows(&row).all(transaction).await?;
        let (at_api, elsewhere): (Vec<_>, Vec<_>) =
            rows.iter().partition(|grant| grant.api_id == api.id);
        let before = at_api.first().map(|grant| Scopes::split(&grant.scopes)).unwrap_or_default();
        if before.contains_all(&scopes) {
            return Ok(row);
        }
        permit_more(&elsewhere, &before.clone().and(scopes.clone()))?;
        keep(transaction, op, &row, &api, before.clone().and(scopes.clone())).await?;
        let new = scopes.clone().without(&before);
        record(transaction, op, "api_scope.grant", &api, &[(&row, &new)]).await?;
        Ok(row)
    })
}

/// Revokes scopes of an API, or all of them; what is not granted stays so.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`, or what the database answers.
pub async fn revoke(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    api: &ApiId,
    scopes: Option<&[String]>,
) -> Result<service_account::Model> {
    let permission = Permission::RolesGrant;
    accounts::fetch_for(op, permission, organization, account).await?;
    permit_read(op, organization, api).await?;
    let scopes = scopes.map(|it| checked("scopes", it)).transpose()?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        held_permissions::permit_account(transaction, op, permission, &row).await?;
        let api = locks::api(transaction, organization, api).await?;
        let Some(before) = held(transaction, &row, &api).await? else { return Ok(row) };
        let gone = scopes.clone().unwrap_or_else(|| before.clone()).among(&before);
        if gone.is_empty() {
            return Ok(row);
        }
        reduce(transaction, &[&row.id], &api, &before.without(&gone).to_string()).await?;
        record(transaction, op, "api_scope.revoke", &api, &[(&row, &gone)]).await?;
        Ok(row)
    })
}

/// Rejects scopes that the API does not have.
fn permit_scopes(api: &api::Model, given: &[String]) -> Result<()> {
    let (known, mut fields) = (Scopes::split(&api.scopes), Fields::default());
    for (at, scope) in given.iter().enumerate() {
        if !known.contains(scope) {
            fields.add(format!("scopes.{at}"), "must be a scope of the API");
        }
    }
    fields.finish()
}

/// Rejects scopes at one more API, or more scopes, than an account may be granted.
fn permit_more(elsewhere: &[&api_grant::Model], at_api: &Scopes) -> Result<()> {
    if elsewhere.len() as u64 >= MOST {
        let why = format!("a service account can be granted scopes of at most {MOST} APIs");
        return Err(Error::conflict(Reason::LimitReached, why));
    }
    let others: usize = elsewhere.iter().map(|grant| grant.scopes.split(' ').count()).sum();
    if others + at_api.len() > MOST_SCOPES {
        let why = format!("a service account can be granted at most {MOST_SCOPES} scopes of APIs");
        return Err(Error::conflict(Reason::LimitReached, why));
    }
    Ok(())
}

async fn held(
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

/// Writes what is left of the grants of an API to `accounts`, as far as they still exist.
pub(super) async fn reduce(
    on: &impl ConnectionTrait,
    accounts: &[&ServiceAccountId],
    api: &api::Model,
    left: &str,
) -> Result<()> {
    use api_grant::Column::{ApiId, Scopes, ServiceAccountId};
    let organization = &api.organization_id;
    let is_one = in_list(on, ServiceAccountId, accounts).and(ApiId.eq(api.id.clone()));
    if left.is_empty() {
        api_grant::Entity::delete_in_org(organization).filter(is_one).exec(on).await?;
    } else {
        let update = api_grant::Entity::update_in_org(organization).filter(is_one);
        update.col_expr(Scopes, Expr::value(left)).exec(on).await?;
    }
    Ok(())
}

/// Writes what is held from now on; the API must be locked.
async fn keep(
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
    let there = OnConflict::columns([ServiceAccountId, ApiId]).update_column(Column).to_owned();
    api_grant::Entity::insert(row).on_conflict(there).exec_without_returning(on).await?;
    Ok(())
}

/// Records an event for each scope of each service account.
pub(super) async fn record(
    on: &impl ConnectionTrait,
    op: &OpContext,
    action: &'static str,
    api: &api::Model,
    of: &[(&service_account::Model, &Scopes)],
) -> Result<()> {
    let scopes = of.iter().flat_map(|(account, scopes)| scopes.iter().map(|it| (*account, it)));
    let each: Vec<_> =
        scopes.map(|(account, scope)| (account, scope, format!("{scope} of {}", api.id))).collect();
    let mut events = Vec::with_capacity(each.len());
    for (account, scope, detail) in &each {
        let change = match action {
            "api_scope.grant" => Change::added("api_scopes", *scope),
            _ => Change::removed("api_scopes", *scope),
        };
        let event = account_event::event(account, action);
        events.push(Event { detail: Some(detail), changes: vec![change], ..event });
    }
    audit::record_all(on, op, events).await
}
