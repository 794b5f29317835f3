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

/// The change of what one holder may do, in the organization or on one service account.
#[derive(Clone, Debug)]
pub struct HolderChange {
    /// The holder.
    pub account: ServiceAccountId,
    /// The service account on which it may do so; `None`: the whole organization.
    pub target: Option<ServiceAccountId>,
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
    /// The number of those that gain or lose permissions.
    pub changed_holders: u64,
    /// The first 100 changes, by the ids of the holders; none for a caller who may not read service
    /// accounts.
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
    let may_read = op.may(Permission::ServiceAccountsRead, &row.organization_id);
    let mut impact = Impact { holders: holders.len() as u64, ..Impact::default() };
    for (account, held) in holders {
        let changes = changes(account, held, row, permissions);
        impact.changed_holders += u64::from(!changes.is_empty());
        if may_read {
            let free = MAX_LISTED - impact.changes.len();
            impact.changes.extend(changes.into_iter().take(free));
        }
    }
    impact
}

/// What a holder gains and loses in the organization, and besides on each of the accounts that the
/// changed role is confined to.
fn changes(
    account: &ServiceAccountId,
    held: &[RoleBinding],
    row: &role::Model,
    permissions: PermissionSet,
) -> Vec<HolderChange> {
    let on = |target: Option<&ServiceAccountId>| {
        let (before, after) =
            (held_on(held, target, None), held_on(held, target, Some((row, permissions))));
        (after.difference(before), before.difference(after))
    };
    let (gains, losses) = on(None);
    let targets =
        held.iter().filter(|it| it.label == row.label).filter_map(|it| it.target.as_ref());
    let confined = targets.map(|target| {
        let (more, less) = on(Some(target));
        (Some(target.clone()), more.difference(gains), less.difference(losses))
    });
    std::iter::once((None, gains, losses))
        .chain(confined)
        .filter(|(_, gains, losses)| !(gains.is_empty() && losses.is_empty()))
        .map(|(target, gains, losses)| HolderChange {
            account: account.clone(),
            target,
            gains,
            losses,
        })
        .collect()
}

/// The permissions that bindings grant on `target`, if `changed` has other permissions than it has.
fn held_on(
    held: &[RoleBinding],
    target: Option<&ServiceAccountId>,
    changed: Option<(&role::Model, PermissionSet)>,
) -> PermissionSet {
    let permissions = |it: &RoleBinding| match changed {
        Some((row, permissions)) if row.label == it.label => permissions,
        _ => it.role.as_ref().map(RoleDefinition::permissions).unwrap_or_default(),
    };
    let granted = |it: &RoleBinding| match &it.target {
        None => permissions(it),
        Some(own) if Some(own) == target => permissions(it).confined(),
        Some(_) => PermissionSet::default(),
    };
    held.iter().fold(PermissionSet::default(), |set, it| set.union(granted(it)))
}
