//! The last admin: an organization always has an org_admin that can authenticate and administer.
//!
//! A credential counts if all of this holds:
//! - Its service account holds org_admin in the organization, not only on an account, and without an
//!   end.
//! - It is active ([`status`]): neither it nor its account is disabled, and it has not expired.
//! - It is not being replaced.
//! - Its restrictions allow every permission of org_admin, for Postern as audience
//!   ([`Restrictions::allow_administration`]). Its addresses may be restricted.
//! - It lasts for a day more, or as long as the one that is lost: time to create another one.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    CredentialId, OrganizationId, ServiceAccountId, TenantScoped, credential, role_binding,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select,
};

use crate::auth::status;
use crate::authz::{Restrictions, Role};
use crate::context::OpContext;
use crate::error::{Error, Reason, Result};

/// The number of restricted credentials per statement.
const PAGE: u64 = 100;

/// The time for which another credential must last.
const NOTICE: TimeDelta = TimeDelta::days(1);

/// The loss that a change is about to cause.
#[derive(Clone, Copy)]
pub enum Loss<'a> {
    /// A service account, or its role.
    Account(&'a ServiceAccountId),
    /// A deleted credential. The credential that it replaces stays active.
    Deleted(&'a CredentialId),
    /// A credential that expires at an instant, or immediately. Restrictions with which it cannot
    /// administer any more are like an immediate end.
    Expiring(&'a CredentialId, Option<DateTime<Utc>>),
}

/// Rejects the loss of the last credential that can administer an organization, which must be
/// locked. Other credentials count if they are not being replaced, and last long enough: where the lost
/// one expires later, they outlive it.
///
/// # Errors
/// `Conflict`, or the database does not respond.
pub async fn ensure_remains(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    loss: Loss<'_>,
) -> Result<()> {
    ensure_remains_among(on, op, organization, loss, Condition::all()).await
}

/// The same, where only credentials that meet `among` count as others.
///
/// # Errors
/// As [`ensure_remains`].
pub async fn ensure_remains_among(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    loss: Loss<'_>,
    among: Condition,
) -> Result<()> {
    use credential::Column::{ExpiresAt, Id, ReplacedBy, RetiresAt, ServiceAccountId};
    let mut until = op.now() + NOTICE;
    let mut others = among;
    let mut stays = Condition::any().add(RetiresAt.is_null());
    let lost = match loss {
        Loss::Account(id) => {
            others = others.add(ServiceAccountId.ne(id.clone()));
            ServiceAccountId.eq(id.clone())
        }
        Loss::Deleted(id) => {
            others = others.add(Id.ne(id.clone()));
            stays = stays.add(ReplacedBy.eq(id.clone()));
            until = until.min(end_of(on, organization, id).await?.unwrap_or(until));
            Id.eq(id.clone())
        }
        Loss::Expiring(id, end) => {
            others = others.add(Id.ne(id.clone()));
            until = until.min(end_of(on, organization, id).await?.unwrap_or(until));
            until = until.max(end.unwrap_or(until));
            Id.eq(id.clone())
        }
    };
    let lasts = Condition::any().add(ExpiresAt.is_null()).add(ExpiresAt.gte(until));
    let others = others.add(stays).add(lasts);
    let lost = Condition::all().add(lost);
    if exists(on, op, organization, others).await? || !exists(on, op, organization, lost).await? {
        return Ok(());
    }
    let message = "the organization must have at least one org_admin with an active credential that can administer it, for at least a day";
    Err(Error::conflict(Reason::LastAdmin, message))
}

/// Whether stored restrictions allow a credential to administer.
pub(super) fn can_administer(op: &OpContext, restrictions: Option<&str>) -> bool {
    let restrictions = Restrictions::from_stored(restrictions);
    restrictions.is_ok_and(|it| it.allow_administration(&op.app.config.audience))
}

/// When a credential ends, if it exists and ends.
async fn end_of(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    id: &CredentialId,
) -> Result<Option<DateTime<Utc>>> {
    let row =
        credential::Entity::in_org(organization).filter(credential::Column::Id.eq(id.clone()));
    Ok(row.one(on).await?.and_then(|row| row.ends_at()))
}

/// Whether an active credential that can administer meets `condition`.
async fn exists(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    condition: Condition,
) -> Result<bool> {
    let active = credential::Entity::in_org(organization)
        .join(JoinType::InnerJoin, credential::Relation::RoleBinding.def())
        .filter(role_binding::Column::Role.eq(Role::Admin.label()))
        .filter(role_binding::Column::TargetId.eq(""))
        // A grant that ends leaves the organization without an admin.
        .filter(role_binding::Column::ExpiresAt.is_null())
        .filter(status::active_at(op.now()))
        .filter(condition);
    let unrestricted = active.clone().filter(credential::Column::Restrictions.is_null());
    if unrestricted.count(on).await? > 0 {
        return Ok(true);
    }
    administers(on, op, active.filter(credential::Column::Restrictions.is_not_null())).await
}

/// Whether the restrictions of one of these credentials allow it to administer.
async fn administers(
    on: &impl ConnectionTrait,
    op: &OpContext,
    restricted: Select<credential::Entity>,
) -> Result<bool> {
    use credential::Column::{Id, Restrictions as Column};
    let mut after = String::new();
    loop {
        let page = restricted.clone().filter(Id.gt(after.as_str())).order_by_asc(Id).limit(PAGE);
        let page = page.select_only().column(Id).column(Column);
        let page: Vec<(CredentialId, Option<String>)> = page.into_tuple().all(on).await?;
        if page.iter().any(|(_, stored)| can_administer(op, stored.as_deref())) {
            return Ok(true);
        }
        match page.last() {
            Some((last, _)) if page.len() as u64 == PAGE => after = last.to_string(),
            _ => return Ok(false),
        }
    }
}
