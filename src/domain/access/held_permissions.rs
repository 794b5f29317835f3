//! The permissions that service accounts hold.

use std::collections::HashMap;

use entity::{OrganizationId, ServiceAccountId, TenantScoped, api_grant, service_account};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
};

use super::role_bindings;
use crate::authz::{Permission, PermissionSet, Role};
use crate::context::OpContext;
use crate::error::Result;
use crate::store::in_list;

/// The permissions that a service account holds; all permissions where they were not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldPermissions(pub PermissionSet);

impl Default for HeldPermissions {
    fn default() -> Self {
        Self(PermissionSet::all())
    }
}

impl HeldPermissions {
    /// The permissions of an account with these role labels, and possibly with API scopes. A caller
    /// with a credential of the account gets tokens with these scopes, so they count as the permission
    /// to grant them. A role that this version does not know counts as all permissions.
    #[must_use]
    pub fn of(labels: &str, has_api_grants: bool) -> Self {
        let known = |label: &str| role_bindings::parse(label).map(Role::permissions);
        let roles = labels.split(' ').filter(|label| !label.is_empty());
        let held = roles.fold(PermissionSet::default(), |held, label| {
            held.union(known(label).unwrap_or_else(PermissionSet::all))
        });
        let grants = has_api_grants.then_some(Permission::ApisGrant);
        Self(held.union(grants.into_iter().collect()))
    }
}

/// The permissions of each of `accounts`, in one statement; none are read where no decision on the
/// caller's operations depends on them.
///
/// # Errors
/// The database does not respond.
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

/// The permissions of one account.
///
/// # Errors
/// The database does not respond.
pub async fn of_account(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
) -> Result<HeldPermissions> {
    let mut found = of_accounts(on, op, organization, std::slice::from_ref(account)).await?;
    Ok(found.remove(account).unwrap_or_default())
}

/// The expression for whether the account of a row has API scopes.
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
