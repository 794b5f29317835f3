//! Disabling and enabling of service accounts.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, TenantScoped, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter};

use crate::authz::{Bounds, Permission};
use crate::context::OpContext;
use crate::domain::access::account_event::event;
use crate::domain::access::accounts::fetch_for;
use crate::domain::access::escalation;
use crate::domain::audit::{self, EventType, Snapshot};
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
    set_disabled(op, organization, id, Some(op.now())).await
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
    set_disabled(op, organization, id, None).await
}

/// Disables it at `disabled_at`, or enables it. Repetitions change nothing.
async fn set_disabled(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<service_account::Model> {
    let permission = Permission::ServiceAccountsUpdate;
    fetch_for(op, permission, organization, id).await?;
    let disabled_by = op.client().ok().map(|client| client.service_account.clone());
    in_transaction!(op.app.db, transaction => {
        locks::organization(transaction, organization).await?;
        let before = locks::service_account(transaction, organization, id).await?;
        escalation::permit_account(transaction, op, permission, &before).await?;
        if before.disabled_at.is_some() == disabled_at.is_some() {
            return Ok(before);
        }
        let credentials = locks::credentials(transaction, &before).await?;
        if disabled_at.is_some() {
            last_admin::ensure_remains(transaction, op, organization, Loss::Account(id)).await?;
        } else {
            let bounds: Vec<_> = credentials.iter().map(Bounds::of).collect();
            op.permit_bounds(permission, bounds.iter().map(Option::as_ref))?;
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
        Ok(after)
    })
}
