//! Grants and revocations of API scopes.

use entity::{ApiId, OrganizationId, ServiceAccountId, api, api_grant, service_account};

use super::rows::{granted_scopes, record, reduce, upsert};
use super::{MAX_GRANTED_APIS, MAX_GRANTED_SCOPES};
use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::domain::access::{accounts, api_grants, escalation, role_bindings};
use crate::domain::apis::{permit_read, validate_scopes};
use crate::domain::audit::EventType;
use crate::domain::locks;
use crate::error::{Error, Fields, Reason, Result};
use crate::store::in_transaction;

/// Grants scopes of an API. Repetitions change nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid`: scopes that the API does not have. `Conflict`: the account
/// would exceed its maximum number of APIs or of scopes.
pub async fn grant(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    api: &ApiId,
    scopes: &[String],
) -> Result<service_account::Model> {
    let permission = Permission::ApisGrant;
    permit_read(op, organization, api).await?;
    accounts::fetch_for(op, permission, organization, account).await?;
    let (requested, scopes) = (scopes, validate_scopes("scopes", scopes)?);
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        escalation::permit_grant_to(transaction, op, permission, &row).await?;
        // The scopes do not end, and count as this permission.
        op.permit_grant(permission, &role_bindings::of_api_scopes(&row.id))?;
        let api = locks::api(transaction, organization, api).await?;
        permit_scopes(&api, requested)?;
        let rows = api_grants::rows(&row).all(transaction).await?;
        let (at_api, elsewhere): (Vec<_>, Vec<_>) =
            rows.iter().partition(|grant| grant.api_id == api.id);
        let before = at_api.first().map(|grant| Scopes::split(&grant.scopes)).unwrap_or_default();
        if before.contains_all(&scopes) {
            return Ok(row);
        }
        permit_more(&elsewhere, &before.clone().union(scopes.clone()))?;
        upsert(transaction, op, &row, &api, before.clone().union(scopes.clone())).await?;
        let new = scopes.clone().difference(&before);
        record(transaction, op, EventType::ApiScopeGrant, &api, &[(&row, &new)]).await?;
        Ok(row)
    })
}

/// Revokes scopes of an API, by default all. Repetitions change nothing.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`, or the database does not respond.
pub async fn revoke(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    api: &ApiId,
    scopes: Option<&[String]>,
) -> Result<service_account::Model> {
    let permission = Permission::ApisGrant;
    permit_read(op, organization, api).await?;
    accounts::fetch_for(op, permission, organization, account).await?;
    let scopes = scopes.map(|it| validate_scopes("scopes", it)).transpose()?;
    in_transaction!(op.app.db, transaction => {
        let row = locks::service_account(transaction, organization, account).await?;
        escalation::permit_account(transaction, op, permission, &row).await?;
        let api = locks::api(transaction, organization, api).await?;
        let Some(before) = granted_scopes(transaction, &row, &api).await? else { return Ok(row) };
        let revoked = scopes.clone().unwrap_or_else(|| before.clone()).intersection(&before);
        if revoked.is_empty() {
            return Ok(row);
        }
        reduce(transaction, &[&row.id], &api, &before.difference(&revoked).to_string()).await?;
        record(transaction, op, EventType::ApiScopeRevoke, &api, &[(&row, &revoked)]).await?;
        Ok(row)
    })
}

/// Rejects scopes that the API does not have.
fn permit_scopes(api: &api::Model, requested: &[String]) -> Result<()> {
    let (known, mut fields) = (Scopes::split(&api.scopes), Fields::default());
    for (at, scope) in requested.iter().enumerate() {
        if !known.contains(scope) {
            fields.add(format!("scopes.{at}"), "must be a scope of the API");
        }
    }
    fields.finish()
}

/// Rejects grants beyond the maximum number of APIs or scopes of an account.
fn permit_more(elsewhere: &[&api_grant::Model], at_api: &Scopes) -> Result<()> {
    if elsewhere.len() as u64 >= MAX_GRANTED_APIS {
        let why =
            format!("a service account can be granted scopes of at most {MAX_GRANTED_APIS} APIs");
        return Err(Error::conflict(Reason::LimitReached, why));
    }
    let others: usize = elsewhere.iter().map(|grant| grant.scopes.split(' ').count()).sum();
    if others + at_api.len() > MAX_GRANTED_SCOPES {
        let why =
            format!("a service account can be granted at most {MAX_GRANTED_SCOPES} scopes of APIs");
        return Err(Error::conflict(Reason::LimitReached, why));
    }
    Ok(())
}
