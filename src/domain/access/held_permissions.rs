//! The permissions that service accounts hold: to change an account, or anything of it, the caller
//! must hold them all.

use std::collections::HashMap;

use entity::{
    OrganizationId, ServiceAccountId, TenantScoped, api_grant, credential, service_account,
};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
};

use super::{credential_bounds, role_bindings};
use crate::authz::{
    Account, AccountCredential, AccountCredentials, CredentialBounds, Permission, PermissionSet,
    Role,
};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The permissions that a service account holds; all of them, where they were not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldPermissions(pub PermissionSet);

impl Default for HeldPermissions {
    fn default() -> Self {
        Self(PermissionSet::all())
    }
}

impl HeldPermissions {
    /// That of an account with these role labels, which may have been granted scopes of APIs.
    /// Whoever acts as an account with such scopes could get tokens with them, so they count as
    /// the permission to grant them. A role that this version does not know may hold anything.
    #[must_use]
    pub fn of(labels: &str, has_api_grants: bool) -> Self {
        let known = |label: &str| role_bindings::parse(label).map(Role::permissions);
        let roles = labels.split(' ').filter(|label| !label.is_empty());
        let held = roles.fold(PermissionSet::default(), |held, label| {
            held.union(known(label).unwrap_or_else(PermissionSet::all))
        });
        let grants = has_api_grants.then_some(Permission::RolesGrant);
        Self(held.union(grants.into_iter().collect()))
    }
}

/// The held of each of `accounts`, in one statement; none is read where no decision on the
/// caller's operations depends on it.
///
/// # Errors
/// What the database answers.
pub async fn of_accounts(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, HeldPermissions>> {
    if !op.actor.depends_on_held_permissions() {
        return Ok(HashMap::new());
    }
    let account = service_account::Column::Id;
    let rows = service_account::Entity::in_org(organization)
        .select_only()
        .column(account)
        .column_as(role_bindings::labels_of(on, organization, account), "roles")
        .column_as(has_api_grants(organization, account), "has_api_grants")
        .filter(in_list(on, account, accounts))
        .into_model::<Row>()
        .all(on)
        .await?;
    let held = |row: Row| HeldPermissions::of(&row.roles.unwrap_or_default(), row.has_api_grants);
    Ok(rows.into_iter().map(|row| (row.id.clone(), held(row))).collect())
}

/// The held of one account.
///
/// # Errors
/// What the database answers.
pub async fn of_account(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<HeldPermissions> {
    let mut found = of_accounts(on, op, organization, std::slice::from_ref(account)).await?;
    Ok(found.remove(account).unwrap_or_default())
}

/// What decisions on a service account and its credentials depend on, as far as decisions on the
/// caller's operations do.
#[derive(Clone, Debug, Default)]
pub struct AccountFacts {
    /// What the account holds.
    pub held: HeldPermissions,
    /// The bounds of its credentials; read for callers whose own credential has some.
    pub bounds: Vec<CredentialBounds>,
}

impl AccountFacts {
    /// The account with its credentials, as a resource to decide on.
    #[must_use]
    pub fn resource<'a>(
        &'a self,
        organization: &'a OrganizationId,
        id: &'a ServiceAccountId,
    ) -> AccountCredentials<'a> {
        let account = Account { organization, id, holds: self.held.0 };
        AccountCredentials { account, bounds: &self.bounds }
    }

    /// One of its credentials, as a resource to decide on.
    #[must_use]
    pub fn credential<'a>(&'a self, row: &'a credential::Model) -> AccountCredential<'a> {
        let bounds = self.bounds.iter().find(|it| it.id == row.id);
        AccountCredential { row, holds: self.held.0, bounds }
    }
}

/// The facts of each of `accounts`, in at most two statements.
///
/// # Errors
/// What the database answers.
pub async fn facts_of_accounts(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, AccountFacts>> {
    let held_of = of_accounts(on, op, organization, accounts).await?;
    let mut bounds = HashMap::new();
    if op.actor.is_bounded() {
        bounds = credential_bounds::of_accounts(on, op, organization, accounts).await?;
    }
    let mut facts = |id: &ServiceAccountId| AccountFacts {
        held: held_of.get(id).copied().unwrap_or_default(),
        bounds: bounds.remove(id).unwrap_or_default(),
    };
    Ok(accounts.iter().map(|id| (id.clone(), facts(id))).collect())
}

/// Rejects what the caller may not do to a service account.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn permit_account(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    row: &service_account::Model,
) -> Result<()> {
    let (organization, id) = (&row.organization_id, &row.id);
    let HeldPermissions(holds) = of_account(on, op, organization, id).await?;
    op.permit(permission, Account { organization, id, holds }).map(drop)
}

/// Rejects what the caller may not do to a credential.
///
/// # Errors
/// `NotFound`, `Forbidden`, or what the database answers.
pub async fn permit_credential(
    on: &impl ConnectionTrait,
    op: &OpContext,
    permission: Permission,
    row: &credential::Model,
) -> Result<()> {
    let (organization, account) = (&row.organization_id, &row.service_account_id);
    let mut facts = facts_of_accounts(on, op, organization, std::slice::from_ref(account)).await?;
    let facts = facts.remove(account).unwrap_or_default();
    op.permit(permission, facts.credential(row)).map(drop)
}

/// Whether the account of a row was granted scopes of APIs; to be read with the row.
pub fn has_api_grants(organization: &OrganizationId, account: impl ColumnTrait) -> SimpleExpr {
    let grants = api_grant::Entity::in_org(organization)
        .select_only()
        .expr(Expr::value(1))
        .filter(api_grant::Column::ServiceAccountId.into_expr().eq(account.into_expr()));
    Expr::exists(grants.into_query())
}

#[derive(FromQueryResult)]
struct Row {
    id: ServiceAccountId,
    roles: Option<String>,
    has_api_grants: bool,
}
