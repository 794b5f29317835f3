//! Effective permissions: what a principal may do after all rules that restrict it.

use entity::{ServiceAccountId, credential};

use super::RoleDefinition;
use super::role_bindings::RoleBinding;
use crate::authz::{
    self, Binding, Bindings, Bounds, Client, Permission, PermissionSet, Restrictions,
};
use crate::context::OpContext;
use crate::domain::access::escalation::AccountAccess;
use crate::error::{Error, Result};

/// The effective permissions of a principal.
#[derive(Clone, Debug, Default)]
pub struct EffectivePermissions {
    /// Those in the organization.
    pub organization: PermissionSet,
    /// Those on single service accounts beyond these, by id.
    pub accounts: Vec<(ServiceAccountId, PermissionSet)>,
    /// The same by the role bindings that they come from, by the labels of the roles.
    pub roles: Vec<Binding>,
}

impl EffectivePermissions {
    /// Those of bindings that `scope` restricts.
    #[must_use]
    pub fn of(bindings: &[Binding], scope: Option<PermissionSet>) -> Self {
        let access = Bindings::new(bindings, scope);
        let organization = access.on(None);
        let mut targets: Vec<_> = bindings.iter().filter_map(|it| it.target.clone()).collect();
        targets.sort();
        targets.dedup();
        let beyond = |id: ServiceAccountId| {
            let more = access.on(Some(&id)).difference(organization).confined();
            (!more.is_empty()).then_some((id, more))
        };
        let accounts = targets.into_iter().filter_map(beyond).collect();
        let mut roles: Vec<_> = bindings.iter().filter_map(|it| effective(it, scope)).collect();
        roles.sort_by(|a, b| (&a.role, &a.target).cmp(&(&b.role, &b.target)));
        Self { organization, accounts, roles }
    }

    /// Those of the role bindings of an account.
    #[must_use]
    pub fn of_roles(bindings: &[RoleBinding], scope: Option<PermissionSet>) -> Self {
        let known = |it: &RoleBinding| {
            Some(Binding { permissions: it.role.as_ref()?.permissions(), ..it.held() })
        };
        Self::of(&bindings.iter().filter_map(known).collect::<Vec<_>>(), scope)
    }
}

/// The binding with those of its permissions that apply; `None` if there are none.
fn effective(binding: &Binding, scope: Option<PermissionSet>) -> Option<Binding> {
    let target = binding.target.as_ref();
    let held = Bindings::new(std::slice::from_ref(binding), scope).on(target);
    let permissions = if target.is_none() { held } else { held.confined() };
    (!permissions.is_empty()).then(|| Binding { permissions, ..binding.clone() })
}

/// Those of the caller: of its roles, in the scope of its token and the restrictions of its credential.
#[must_use]
pub fn effective_of_caller(client: &Client) -> EffectivePermissions {
    EffectivePermissions::of(&client.bindings, client.scope)
}

/// Those of a credential, given the role bindings of its service account.
///
/// # Errors
/// `Internal`: its restrictions cannot be read.
pub fn effective_of_credential(
    op: &OpContext,
    row: &credential::Model,
    bindings: &[RoleBinding],
) -> Result<EffectivePermissions> {
    let restrictions = Restrictions::from_stored(row.restrictions.as_deref());
    let restrictions = restrictions.map_err(Error::internal)?;
    if !restrictions.allow_audience(&op.app.config.audience) {
        return Ok(EffectivePermissions::default());
    }
    let scope = restrictions.scopes.map(|scopes| PermissionSet::named(scopes.iter()));
    Ok(EffectivePermissions::of_roles(bindings, scope))
}

/// Whether the caller may grant `role` in the organization to the account behind `access`, by the
/// rules that [`super::grants::grant`] enforces.
#[must_use]
pub fn may_grant(
    op: &OpContext,
    account: &entity::service_account::Model,
    access: &AccountAccess,
    role: &RoleDefinition,
) -> bool {
    let permission = Permission::RolesGrant;
    let binding = Binding::unlimited(role.label(), role.at_most());
    let bounds: Vec<Option<&Bounds>> = access.bounds.iter().map(|it| it.own()).collect();
    op.may(permission, &access.resource(&account.organization_id, &account.id))
        && authz::decide_grant(&op.actor, &binding).is_ok()
        && authz::decide_bounds(&op.actor, bounds).is_ok()
}
