//! The impact of a change to a role on the service accounts that hold it.

use std::collections::BTreeMap;

use entity::{OrganizationId, ServiceAccountId, role, role_binding};
use sea_orm::{ConnectionTrait, QuerySelect};

use super::role_bindings::{self, RoleBinding};
use super::{Permission, RoleDefinition};
use crate::authz::{Actor, Denial, PermissionSet};
use crate::context::OpContext;
use crate::domain::access::{api_grants, credential_bounds};
use crate::error::Result;

/// The maximum number of holders in the response to a change.
const MAX_LISTED: usize = 100;

/// The change of what one holder may do.
#[derive(Clone, Debug)]
pub struct HolderChange {
    /// The holder.
    pub account: ServiceAccountId,
    /// The permissions that it gains.
    pub gains: PermissionSet,
    /// The permissions that it loses.
    pub losses: PermissionSet,
}

/// The impact of a change to a role.
#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// The number of service accounts that hold the role.
    pub holders: u64,
    /// The first 100 holders that gain or lose permissions, by their ids; none for a caller who may not
    /// read service accounts.
    pub changes: Vec<HolderChange>,
}

/// The holders of a role with all of their bindings, in the order of their ids.
pub(super) type Holders = BTreeMap<ServiceAccountId, Vec<RoleBinding>>;

/// The holders of a role, which must be locked.
pub(super) async fn holders(
    on: &impl ConnectionTrait,
    op: &OpContext,
    row: &role::Model,
) -> Result<Holders> {
    let ids: Vec<ServiceAccountId> = role_bindings::of_role(row, op.now())
        .select_only()
        .column(role_binding::Column::ServiceAccountId)
        .into_tuple()
        .all(on)
        .await?;
    let bindings = role_bindings::of_accounts(on, op.now(), &row.organization_id, &ids).await?;
    Ok(bindings.into_iter().collect())
}

/// Rejects a change of a role unless the caller holds everything that each of its holders does, and,
/// where the role gains permissions, leaves none of them with credentials that have wider bounds than
/// its own.
pub(super) async fn permit(
    on: &impl ConnectionTrait,
    op: &OpContext,
    organization: &OrganizationId,
    holders: &Holders,
    gains: bool,
) -> Result<()> {
    let permission = Permission::RolesUpdate;
    let ids: Vec<_> = holders.keys().cloned().collect();
    if let Actor::Client(client) = &op.actor
        && op.actor.depends_on_held_permissions()
    {
        let with_scopes = api_grants::holders(on, organization, &ids).await?;
        let held = |(id, bindings): (_, &Vec<_>)| {
            role_bindings::held(bindings, with_scopes.contains(id), id)
        };
        if !holders.iter().map(held).all(|held| client.access().cover_all(&held)) {
            return Err(op.denied(permission, Denial::HoldsMore));
        }
    }
    if gains && op.actor.is_bounded() {
        let bounds = credential_bounds::of_accounts(on, op, organization, &ids).await?;
        op.permit_bounds(permission, bounds.values().flatten().map(|it| it.own()))?;
    }
    Ok(())
}

/// The permissions that each holder gains and loses when the role has `permissions`.
pub(super) fn of(
    op: &OpContext,
    row: &role::Model,
    holders: &Holders,
    permissions: PermissionSet,
) -> Impact {
    let mut changes = Vec::new();
    let may_read = op.may(Permission::ServiceAccountsRead, &row.organization_id);
    for (id, held) in holders {
        let (before, after) = (held_with(held, None), held_with(held, Some((row, permissions))));
        let (gains, losses) = (after.difference(before), before.difference(after));
        let is_changed = !(gains.is_empty() && losses.is_empty());
        if is_changed && may_read && changes.len() < MAX_LISTED {
            changes.push(HolderChange { account: id.clone(), gains, losses });
        }
    }
    Impact { holders: holders.len() as u64, changes }
}

/// The permissions that bindings grant anywhere, if `changed` has other permissions than it has.
fn held_with(
    held: &[RoleBinding],
    changed: Option<(&role::Model, PermissionSet)>,
) -> PermissionSet {
    let permissions = |it: &RoleBinding| match changed {
        Some((row, permissions)) if row.label == it.label => permissions,
        _ => it.role.as_ref().map(RoleDefinition::permissions).unwrap_or_default(),
    };
    held.iter().fold(PermissionSet::default(), |set, it| set.union(permissions(it)))
}
