//! The authorization policy. Pure: no database, no clock.
//!
//! Every operation calls [`decide`] before it acts, and every `permissions` field is computed by it,
//! so that the published permissions match the enforced ones.

mod actor;
mod binding;
mod bounds;
mod escalation;
mod permission;
mod permission_set;
mod resource;
mod restrictions;
mod role;
mod scopes;

pub use actor::{AccessToken, Actor, Client};
pub use binding::{Binding, Bindings, Held};
pub use bounds::{Bounds, CredentialBounds};
pub use escalation::{decide_bounds, decide_grant};
pub use permission::Permission;
pub use permission_set::PermissionSet;
pub use resource::{
    Account, AccountCredential, AccountCredentials, Resource, applicable_permissions,
};
pub use restrictions::Restrictions;
pub use role::Role;
pub use scopes::{MAX_SCOPES, Scopes};

/// The reason why an operation is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The caller may not read the resource, so its existence is not revealed.
    Hidden,
    /// The caller's roles or the scope of its token lack this permission.
    Missing(Permission),
    /// The service account holds permissions that the caller does not hold.
    HoldsMore,
    /// The granted role or scope has permissions that the caller does not hold.
    GrantsMore,
    /// The credential that is created, changed or granted to has wider bounds than the caller's.
    LessRestricted,
}

impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hidden => f.write_str("requires permission to read the resource"),
            Self::Missing(permission) => write!(f, "requires the permission {}", permission.name()),
            Self::HoldsMore => {
                f.write_str("requires every permission that the service account holds")
            }
            Self::GrantsMore => f.write_str("requires every permission that is granted"),
            Self::LessRestricted => f.write_str(
                "the caller's credential is restricted or expires: \
                 the other credential must be at least as restricted and expire no later",
            ),
        }
    }
}

/// Whether `actor` may do `permission` to `resource`, and why not.
///
/// A change also requires that the caller may read the resource, that it holds every permission that
/// the service account behind the resource holds, and that it leaves no credential with wider bounds
/// than its own: neither a changed one, nor one whose rotation is cancelled with its successor.
///
/// # Errors
/// The first rule that denies it.
pub fn decide<R: Resource>(
    actor: &Actor,
    permission: Permission,
    resource: &R,
) -> Result<(), Denial> {
    let client = match actor {
        Actor::Anonymous => return Err(Denial::Hidden),
        Actor::Operator => return Ok(()),
        Actor::Client(client) => client,
    };
    let readable = may_read(client, resource);
    if permission == R::READ {
        return if readable { Ok(()) } else { Err(Denial::Hidden) };
    }
    // Lists and creations concern no single account.
    let whole =
        matches!(permission, Permission::ServiceAccountsList | Permission::ServiceAccountsCreate);
    let held = client.access().on(resource.service_account().filter(|_| !whole));
    let same_tenant = client.organization == *resource.organization();
    if !same_tenant || !readable {
        return Err(Denial::Hidden);
    }
    if !held.contains(permission) {
        return Err(Denial::Missing(permission));
    }
    let is_missing = |read: &&Permission| {
        read.kind() != R::READ.kind()
            && !held.contains(**read)
            && !(**read == Permission::ServiceAccountsRead && resource.is_of_own_account(client))
    };
    if let Some(read) = permission.requires().iter().find(is_missing) {
        return Err(Denial::Missing(*read));
    }
    if !permission.changes() {
        return Ok(());
    }
    // A role has at least one permission, and grants it without an end.
    if permission == Permission::RolesCreate && client.access().lasting().is_empty() {
        return Err(Denial::GrantsMore);
    }
    // A new account gains nothing from an existing one.
    if permission != Permission::ServiceAccountsCreate
        && !client.access().cover_all(resource.held())
    {
        return Err(Denial::HoldsMore);
    }
    if !client.bounds.is_unbounded() && !resource.is_within(permission, &client.bounds) {
        return Err(Denial::LessRestricted);
    }
    Ok(())
}

/// Whether `actor` may do `permission` to `resource`.
#[must_use]
pub fn allows(actor: &Actor, permission: Permission, resource: &impl Resource) -> bool {
    decide(actor, permission, resource).is_ok()
}

/// Whether `actor` holds `permission` in its organization: for lists that not every member may read,
/// although each may read the organization.
///
/// # Errors
/// [`Denial::Missing`].
pub fn decide_held(actor: &Actor, permission: Permission) -> Result<(), Denial> {
    match actor {
        Actor::Client(client) if client.permissions().contains(permission) => Ok(()),
        Actor::Operator => Ok(()),
        Actor::Client(_) | Actor::Anonymous => Err(Denial::Missing(permission)),
    }
}

/// Whether `actor` holds `permission` in its organization or on any service account.
///
/// # Errors
/// [`Denial::Missing`].
pub fn decide_held_anywhere(actor: &Actor, permission: Permission) -> Result<(), Denial> {
    match actor {
        Actor::Client(client) if client.access().anywhere().contains(permission) => Ok(()),
        Actor::Operator => Ok(()),
        Actor::Client(_) | Actor::Anonymous => Err(Denial::Missing(permission)),
    }
}

fn may_read<R: Resource>(client: &Client, resource: &R) -> bool {
    client.organization == *resource.organization()
        && (resource.is_own(client)
            || client.access().on(resource.service_account()).contains(R::READ))
}

#[cfg(test)]
mod tests;
