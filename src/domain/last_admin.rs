//! An organization never loses its last org_admin that can still authenticate.

use entity::{CredentialId, OrganizationId, ServiceAccountId, credential, role_binding};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, RelationTrait,
};

use crate::authz::Role;
use crate::cx::Cx;
use crate::error::{Error, Reason, Result};

/// What an organization is about to lose.
#[derive(Clone, Copy)]
pub enum Without<'a> {
    /// A service account, or its role.
    Account(&'a ServiceAccountId),
    /// A credential.
    Credential(&'a CredentialId),
}

/// Rejects the loss of the last active credential of the admins of an organization, which must be
/// locked.
///
/// # Errors
/// `Conflict`, or what the database answers.
pub async fn keep(
    on: &impl ConnectionTrait,
    cx: &Cx,
    organization: &OrganizationId,
    without: Without<'_>,
) -> Result<()> {
    use credential::Column::{Id, ServiceAccountId};
    let (others, lost): (SimpleExpr, SimpleExpr) = match without {
        Without::Account(id) => (ServiceAccountId.ne(id.clone()), ServiceAccountId.eq(id.clone())),
        Without::Credential(id) => (Id.ne(id.clone()), Id.eq(id.clone())),
    };
    if any(on, cx, organization, others).await? || !any(on, cx, organization, lost).await? {
        return Ok(());
    }
    let message = "the organization would lose its last org_admin that can authenticate";
    Err(Error::conflict(Reason::LastAdmin, message))
}

/// Whether an active credential of an admin meets a condition.
async fn any(
    on: &impl ConnectionTrait,
    cx: &Cx,
    organization: &OrganizationId,
    condition: SimpleExpr,
) -> Result<bool> {
    let active = credential::Entity::in_org(organization)
        .join(JoinType::InnerJoin, credential::Relation::RoleBinding.def())
        .filter(role_binding::Column::Role.eq(Role::Admin.label()))
        .filter(credential::is_active(cx.now()))
        .filter(condition);
    Ok(active.count(on).await? > 0)
}
