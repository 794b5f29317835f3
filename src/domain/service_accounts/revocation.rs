//! Revocation of all tokens of a service account.

use entity::{OrganizationId, ServiceAccountId, TenantScoped, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ExprTrait, QueryFilter};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::account_event::event;
use crate::domain::access::accounts::fetch_for;
use crate::domain::access::escalation;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::locks;
use crate::error::Result;
use crate::store::in_transaction;

/// Revokes all tokens that were issued to a service account so far; its credentials stay as they
/// are, and fetch new ones.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn revoke_tokens(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<service_account::Model> {
    use credential::Column::{NotBefore, ServiceAccountId, TokenGeneration, UpdatedAt};
    let permission = Permission::ServiceAccountsUpdate;
    fetch_for(op, permission, organization, id).await?;
    in_transaction!(op.app.db, transaction => {
        let before = locks::service_account(transaction, organization, id).await?;
        escalation::permit_account(transaction, op, permission, &before).await?;
        locks::credentials(transaction, &before).await?;
        let now = op.now();
        let mut row: service_account::ActiveModel = before.clone().into();
        row.not_before = Set(Some(now));
        row.updated_at = Set(now);
        let after = row.update(transaction).await?;
        credential::Entity::update_in_org(organization)
            .filter(ServiceAccountId.eq(id.clone()))
            .col_expr(NotBefore, Expr::value(now))
            .col_expr(UpdatedAt, Expr::value(now))
            .col_expr(TokenGeneration, TokenGeneration.into_expr().add(1))
            .exec(transaction)
            .await?;
        let event = event(&after, EventType::ServiceAccountRevokeTokens);
        let event = event.changed(Snapshot::from(&before), Snapshot::from(&after));
        audit::record(transaction, op, event).await?;
        Ok(after)
    })
}
