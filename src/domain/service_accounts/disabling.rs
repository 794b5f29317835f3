//! Disabling and enabling of service accounts.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, TenantScoped, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, QueryFilter};

use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::access::account_event::event;
use crate::domain::access::accounts::fetch_for;
use crate::domain::access::escalation;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::bulk::Run;
use crate::domain::last_admin::{self, Loss};
use crate::domain::locks;
use crate::error::Result;
use crate::store::in_transaction;

/// Disables it: from the next request on, its credentials and tokens are rejected everywhere, until
/// it is enabled again. The caller must hold its permissions.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn disable(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    Ok(set_disabled(op, organization, id, Some(op.now()), Run::Commit).await?.0)
}

/// Enables it again.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn enable(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    Ok(set_disabled(op, organization, id, None, Run::Commit).await?.0)
}

/// Disables it at `disabled_at`, or enables it. Repetitions change nothing. Returns the account, and
/// whether it was not in that state before; a dry run returns it as it was.
pub(super) async fn set_disabled(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
    disabled_at: Option<DateTime<Utc>>,
    run: Run<'_, ServiceAccountId>,
) -> Result<(service_account::Model, bool)> {
    let permission = Permission::ServiceAccountsUpdate;
    fetch_for(op, permission, organization, id).await?;
    let disabled_by = op.client().ok().map(|client| client.service_account.clone());
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let before = locks::service_account(transaction, organization, id).await?;
        escalation::permit_account(transaction, op, permission, &before).await?;
        if before.disabled_at.is_some() == disabled_at.is_some() {
            return Ok((before, false));
        }
        let credentials = locks::credentials(transaction, &before).await?;
        if disabled_at.is_some() {
            let among = credential::Column::ServiceAccountId.is_not_in(run.assumed().to_vec());
            let (loss, among) = (Loss::Account(id), Condition::all().add(among));
            last_admin::ensure_remains_among(transaction, op, organization, loss, among).await?;
        } else {
            let bounds: Vec<_> = credentials.iter().map(|row| Bounds::lasting(row, op.now())).collect();
            op.permit_bounds(permission, bounds.iter().map(Option::as_ref))?;
        }
        if run.is_dry() {
            return Ok((before, true));
        }
        let mut row: service_account::ActiveModel = before.clone().into();
        row.disabled_at = Set(disabled_at);
        row.disabled_by = Set(disabled_by.clone().filter(|_| disabled_at.is_some()));
        row.updated_at = Set(op.now());
        let after = row.update(transaction).await?;
        credential::Entity::update_in_org(organization)
            .filter(credential::Column::ServiceAccountId.eq(id.clone()))
            .col_expr(credential::Column::AccountDisabled, Expr::value(disabled_at.is_some()))
            .exec(transaction)
            .await?;
        let disabled = EventType::ServiceAccountDisable;
        let action = if disabled_at.is_some() { disabled } else { EventType::ServiceAccountEnable };
        let event = event(&after, action).changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok((after, true))
    })
}
