//! Escalation checks: to change a service account or anything that belongs to it, the caller must
//! hold every permission that the account holds; and the change must leave no credential with wider
//! bounds than the caller's own.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::ConnectionTrait;

use super::credential_bounds;
use super::held_permissions;
use crate::authz::{
    Account, AccountCredential, AccountCredentials, Bounds, CredentialBounds, Held, Permission,
};
use crate::context::OpContext;
use crate::error::Result;

/// The role bindings of a service account and the bounds of its credentials, as far as decisions on the
/// caller's operations depend on them.
#[derive(Clone, Debug, Default)]
pub struct AccountAccess {
    /// The role bindings that the account holds.
    pub held: Held,
    /// The bounds of its credentials; read only for callers whose own credential has bounds.
    pub bounds: Vec<CredentialBounds>,
}

impl AccountAccess {
    /// The account with its credentials, as a resource to decide on.
    #[must_use]
    pub fn resource<'a>(
        &'a self,
        organization: &'a OrganizationId,
        id: &'a ServiceAccountId,
    ) -> AccountCredentials<'a> {
        let account = Account { organization, id, held: &self.held };
        AccountCredentials { account, bounds: &self.bounds }
    }

    /// One of its credentials, as a resource to decide on.
    #[must_use]
    pub fn credential<'a>(&'a self, row: &'a credential::Model) -> AccountCredential<'a> {
        let bounds = self.bounds.iter().find(|it| it.id == row.id);
        AccountCredential { row, held: &self.held, bounds }
    }
}

/// The access of each of `accounts`, in at most two statements.
///
/// # Errors
/// The database does not respond.
pub async fn access_of_accounts(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, AccountAccess>> {
    let mut held_of = held_permissions::of_accounts(on, op, organization, accounts).await?;
    let mut bounds = HashMap::new();
    if op.actor.is_bounded() {
        bounds = credential_bounds::of_accounts(on, op, organization, accounts).await?;
    }
    let mut access = |id: &ServiceAccountId| AccountAccess {
        held: held_of.remove(id).unwrap_or_default(),
        bounds: bounds.remove(id).unwrap_or_default(),
    };
    Ok(accounts.iter().map(|id| (id.clone(), access(id))).collect())
}

/// Rejects a caller who may not do `permission` to a service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn permit_account(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    row: &service_account::Model,
) -> Result<()> {
    let (organization, id) = (&row.organization_id, &row.id);
    let held = held_permissions::of_account(on, op, organization, id).await?;
    op.permit(permission, Account { organization, id, held: &held }).map(drop)
}

/// Rejects a caller who may not do `permission` to a credential.
///
/// # Errors
/// `NotFound`, `Forbidden`, or the database does not respond.
pub async fn permit_credential(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    row: &credential::Model,
) -> Result<()> {
    let (organization, account) = (&row.organization_id, &row.service_account_id);
    let mut access =
        access_of_accounts(on, op, organization, std::slice::from_ref(account)).await?;
    let access = access.remove(account).unwrap_or_default();
    op.permit(permission, access.credential(row)).map(drop)
}

/// Rejects a grant to an account that has a credential with wider bounds than the caller's own. The
/// account must be locked.
///
/// # Errors
/// `Forbidden`, or the database does not respond.
pub async fn permit_grant_to(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    account: &service_account::Model,
) -> Result<()> {
    if !op.actor.is_bounded() {
        return Ok(());
    }
    let all = credential_bounds::rows(account).all(on).await?;
    let bounds: Vec<_> = all.iter().map(|row| Bounds::lasting(row, op.now())).collect();
    op.permit_bounds(permission, bounds.iter().map(Option::as_ref))
}
