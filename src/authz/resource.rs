//! Resources: the targets that permissions apply to.

mod credential;
mod organization;
mod service_account;

use entity::{OrganizationId, ServiceAccountId};

use super::{Bounds, Client, Held, Permission};
pub use credential::AccountCredential;
pub use service_account::{Account, AccountCredentials};

/// A target of an operation.
pub trait Resource {
    /// Its name in a `NotFound` error.
    const NOUN: &'static str;
    /// The permission to read it.
    const READ: Permission;
    /// The resource types of the permissions that apply to it.
    const TYPES: &'static [&'static str];

    /// The organization that it belongs to.
    fn organization(&self) -> &OrganizationId;

    /// The service account that it is or belongs to: roles that are confined to this account apply.
    fn service_account(&self) -> Option<&ServiceAccountId> {
        None
    }

    /// Whether `client` may read it regardless of its roles and scope.
    fn is_own(&self, _: &Client) -> bool {
        false
    }

    /// The role bindings that a caller must cover to change it: those of the service account that it
    /// is or belongs to. Where these were not read, only a caller who holds all permissions may
    /// change it.
    fn held(&self) -> &Held {
        Held::NOTHING
    }

    /// Whether it belongs to the service account of `client`, which may read its own account
    /// regardless of its roles and scope.
    fn is_of_own_account(&self, client: &Client) -> bool {
        self.service_account() == Some(&client.service_account)
    }

    /// Whether `permission` on the credential behind it stays within `bounds`, those of the caller's
    /// credential.
    fn is_within(&self, _: Permission, _: &Bounds) -> bool {
        true
    }
}

/// The permissions that apply to an `R`, in the order of [`Permission::ALL`].
pub fn applicable_permissions<R: Resource>() -> impl Iterator<Item = Permission> {
    let applies = |permission: &Permission| R::TYPES.contains(&permission.kind());
    Permission::ALL.iter().copied().filter(applies)
}

impl<R: Resource> Resource for &R {
    const NOUN: &'static str = R::NOUN;
    const READ: Permission = R::READ;
    const TYPES: &'static [&'static str] = R::TYPES;

    fn organization(&self) -> &OrganizationId {
        (*self).organization()
    }

    fn service_account(&self) -> Option<&ServiceAccountId> {
        (*self).service_account()
    }

    fn is_own(&self, client: &Client) -> bool {
        (*self).is_own(client)
    }

    fn held(&self) -> &Held {
        (*self).held()
    }

    fn is_of_own_account(&self, client: &Client) -> bool {
        (*self).is_of_own_account(client)
    }

    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        (*self).is_within(permission, bounds)
    }
}
