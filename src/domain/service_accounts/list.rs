//! Lists of service accounts.

use entity::{OrganizationId, TenantScoped, service_account};
use sea_orm::sea_query::Expr;
use sea_orm::{DbErr, FromQueryResult, PaginatorTrait, QueryResult, QuerySelect};

use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::domain::access::held_permissions::{self, HeldPermissions};
use crate::domain::access::role_bindings;
use crate::error::Result;
use crate::page::{self, Page, PageItem, PageRequest, Position};

/// The order of every list.
const ORDER: (service_account::Column, service_account::Column) =
    (service_account::Column::CreatedAt, service_account::Column::Id);

/// The service accounts of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<service_account::Model>> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    let select = service_account::Entity::in_org(organization);
    page::read(op.db(), select, ORDER, list_name(organization), request).await
}

/// A service account with its roles and permissions.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    /// Its roles, by their labels.
    roles: Vec<Role>,
    /// The permissions that it holds, as far as decisions on the caller's operations depend on them.
    pub held: HeldPermissions,
}

/// The same as [`list`], with the permissions that each account holds, in the same statement.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    let account = service_account::Column::Id;
    let roles = role_bindings::labels_of(op.db(), organization, account);
    let has_api_grants = if op.actor.depends_on_held_permissions() {
        held_permissions::has_api_grants(organization, account)
    } else {
        Expr::value(false)
    };
    let select = service_account::Entity::in_org(organization)
        .column_as(roles, "roles")
        .column_as(has_api_grants, "has_api_grants");
    page::read(op.db(), select, ORDER, list_name(organization), request).await
}

/// How many service accounts [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(op: &OpContext, organization: &OrganizationId) -> Result<u64> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    Ok(service_account::Entity::in_org(organization).count(op.db()).await?)
}

fn list_name(organization: &OrganizationId) -> String {
    format!("service_accounts/{organization}")
}

impl WithRoles {
    /// The roles, if the caller may see them.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn roles(&self, op: &OpContext) -> Result<Vec<Role>> {
        op.permit(Permission::RolesList, &self.account)?;
        Ok(self.roles.clone())
    }
}

impl FromQueryResult for WithRoles {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let account = service_account::Model::from_query_result(row, prefix)?;
        let labels: Option<String> = row.try_get(prefix, "roles")?;
        let labels = labels.unwrap_or_default();
        let held = HeldPermissions::of(&labels, row.try_get(prefix, "has_api_grants")?);
        Ok(Self { account, roles: role_bindings::parse_all(&labels), held })
    }
}

impl PageItem for WithRoles {
    fn position(&self) -> Position<'_> {
        self.account.position()
    }
}

impl PageItem for service_account::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }
}
