//! Service accounts that are stopped for a while.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter};

use super::{event, fetch_for, lock};
use crate::authz::Permission;
use crate::cx::Cx;
use crate::domain::{audit, credentials, organizations, roles};
use crate::error::Result;
use crate::store::in_transaction;

/// Disables it: from the next request on, its credentials and tokens are refused everywhere, until
/// it is enabled again. The caller must hold what it holds.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` for the last admin of the organization.
pub async fn disable(
    cx: &Cx,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    switch(cx, organization, id, Some(cx.now())).await
}

/// Enables it again.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn enable(
    cx: &Cx,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    switch(cx, organization, id, None).await
}

/// Disables it at an instant, or enables it; what is so already stays as it is.
async fn switch(
    cx: &Cx,
    organization: &OrganizationId,
    id: &ServiceAccountId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<service_account::Model> {
    fetch_for(cx, Permission::ServiceAccountsUpdate, organization, id).await?;
    let disabled_by = cx.client().ok().map(|client| client.service_account.clone());
    in_transaction!(cx.app.db, transaction => {
        organizations::lock(transaction, organization).await?;
        let row = lock(transaction, organization, id).await?;
        credentials::permit_acting_as(transaction, cx, &row).await?;
        if row.disabled_at.is_some() == disabled_at.is_some() {
            return Ok(row);
        }
        if disabled_at.is_some() {
            roles::keep_an_admin(transaction, &row).await?;
        }
        credentials::lock_all(transaction, &row).await?;
        let mut row: service_account::ActiveModel = row.into();
        row.disabled_at = Set(disabled_at);
        row.disabled_by = Set(disabled_by.clone().filter(|_| disabled_at.is_some()));
        let row = row.update(transaction).await?;
        credential::Entity::update_in_org(organization)
            .filter(credential::Column::ServiceAccountId.eq(id.clone()))
            .col_expr(credential::Column::Suspended, Expr::value(disabled_at.is_some()))
            .exec(transaction)
            .await?;
        let disabled = "service_account.disable";
        let action = if disabled_at.is_some() { disabled } else { "service_account.enable" };
        audit::record(transaction, cx, event(&row, action)).await?;
        Ok(row)
    })
}
