//! The check that a service account holds the scopes and audiences that its credential is restricted
//! to.

use entity::service_account;
use sea_orm::ConnectionTrait;

use super::RequestedAccess;
use crate::authz::Scopes;
use crate::context::OpContext;
use crate::domain::access::{api_grants, role_bindings};
use crate::error::{Fields, Result};

/// Rejects scopes and audiences that the account does not hold. The account must be locked.
pub async fn permit(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    requested: &RequestedAccess,
) -> Result<()> {
    if requested.scopes.is_empty() && requested.audiences.is_empty() {
        return Ok(());
    }
    let granted = api_grants::of_account(on, &account.organization_id, &account.id).await?;
    let roles = role_bindings::of(on, op.now(), account).await?;
    let own =
        roles.iter().filter_map(|it| it.role.as_ref()).flat_map(|it| it.permissions().names());
    let held = granted.iter().fold(Scopes::from_iter(own), |all, it| all.union(it.scopes.clone()));
    let is_known = |audience: &String| {
        *audience == op.app.config.audience
            || granted.iter().any(|grant| grant.api.identifier == *audience)
    };
    let mut fields = Fields::default();
    for (at, scope) in requested.scopes.iter().enumerate() {
        if !held.contains(scope) {
            let message = "must be a scope that the service account holds";
            fields.add(format!("restrictions.scopes.{at}"), message);
        }
    }
    for (at, audience) in requested.audiences.iter().enumerate() {
        if !is_known(audience) {
            let message =
                "must be this server, or an API of which the service account holds scopes";
            fields.add(format!("restrictions.audiences.{at}"), message);
        }
    }
    fields.finish()
}
