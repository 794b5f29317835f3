//! An organization never loses its last org_admin that can still authenticate.

use chrono::{DateTime, Utc};
use entity::{
    CredentialId, OrganizationId, ServiceAccountId, TenantScoped, credential, role_binding,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect,
    RelationTrait,
};

use crate::auth::status;
use crate::authz::Role;
use crate::context::OpContext;
use crate::error::{Error, Reason, Result};

/// What an organization is about to lose.
#[derive(Clone, Copy)]
pub enum Without<'a> {
    /// A service account, or its role.
    Account(&'a ServiceAccountId),
    /// A credential that is deleted: one that it was to replace lasts then.
    Deleted(&'a CredentialId),
    /// A credential that ends now, or at an instant.
    Ended(&'a CredentialId, Option<DateTime<Utc>>),
}

/// Rejects the loss of the last active credential of the admins of an organization, which must be
/// locked. Others count that are not being replaced, and, where the credential is given an end, that
/// last longer.
///
/// # Errors
/// `Conflict`, or what the database answers.
pub async fn ensure_remains(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    without: Without<'_>,
) -> Result<()> {
    use credential::Column::{ExpiresAt, Id, ReplacedBy, RetiresAt, ServiceAccountId};
    let mut others = Condition::all();
    let mut stays = Condition::any().add(RetiresAt.is_null());
    let lost = match without {
        Without::Account(id) => {
            others = others.add(ServiceAccountId.ne(id.clone()));
            ServiceAccountId.eq(id.clone())
        }
        Without::Deleted(id) => {
            others = others.add(Id.ne(id.clone()));
            stays = stays.add(ReplacedBy.eq(id.clone()));
            Id.eq(id.clone())
        }
        Without::Ended(id, end) => {
            others = others.add(Id.ne(id.clone()));
            let lasts = |end| Condition::any().add(ExpiresAt.is_null()).add(ExpiresAt.gt(end));
            others = others.add_option(end.map(lasts));
            Id.eq(id.clone())
        }
    };
    let others = others.add(stays);
    let lost = Condition::all().add(lost);
    if any(on, op, organization, others).await? || !any(on, op, organization, lost).await? {
        return Ok(());
    }
    let message = "the organization must keep an org_admin with an active credential";
    Err(Error::conflict(Reason::LastAdmin, message))
}

/// Whether an active credential of an admin meets a condition.
async fn any(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    condition: Condition,
) -> Result<bool> {
    let active = credential::Entity::in_org(organization)
        .join(JoinType::InnerJoin, credential::Relation::RoleBinding.def())
        .filter(role_binding::Column::Role.eq(Role::Admin.label()))
        .filter(status::active_at(op.now()))
        .filter(condition);
    Ok(active.count(on).await? > 0)
}
