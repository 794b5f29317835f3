//! The policy: who may do what to which thing. Pure: no database, no clock.
//!
//! [`decide`] is the one function that every operation asks before it acts and that every
//! `permissions` field answers with, so that what the API says and what it does cannot differ.

mod actor;
mod permission;
mod resource;
mod restrictions;
mod role;
mod scopes;

pub use actor::{Actor, Client};
pub use permission::{Permission, PermissionSet};
pub use resource::{Account, AccountCredential, AccountCredentials, Resource, that_matter_to};
pub use restrictions::{Bounds, CredentialBounds, Restrictions};
pub use role::Role;
pub use scopes::Scopes;

/// Why an operation is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The caller may not read the thing, and so may not know that it exists.
    Hidden,
    /// The caller's roles, or the scope of its token, lack this permission.
    Missing(Permission),
    /// The service account holds permissions that the caller does not hold.
    HoldsMore,
    /// The role or scope that is granted holds permissions that the caller does not hold.
    GrantsMore,
    /// The credential that is created, changed or granted to is less restricted than the caller's,
    /// or ends later.
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
/// A change also requires that the caller may read what it changes, that it holds every permission
/// that the service account behind the thing holds, and that no credential is left that is less
/// restricted than the caller's own or ends later: neither one that is changed, nor one that lasts
/// because its successor is deleted.
///
/// # Errors
/// The first rule that forbids it.
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
    let held = client.permissions();
    let same_tenant = client.organization == *resource.organization();
    if !same_tenant || !readable {
        return Err(Denial::Hidden);
    }
    if !held.contains(permission) {
        return Err(Denial::Missing(permission));
    }
    if let Some(read) = permission.requires()
        && read.kind() != R::READ.kind()
        && !held.contains(read)
        && !(read == Permission::ServiceAccountsRead && resource.is_of_own_account(client))
    {
        return Err(Denial::Missing(read));
    }
    if !permission.changes() {
        return Ok(());
    }
    // A new account is no stronger for the one that it is created beside.
    if permission != Permission::ServiceAccountsCreate
        && !held.contains_all(resource.held_permissions())
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

/// Whether `actor` holds `permission` in its organization, for things that are not read by
/// everybody who belongs to it, although the organization is.
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

/// Whether `actor` may grant `permissions` in its organization: nobody grants what they do not
/// hold.
///
/// # Errors
/// [`Denial::GrantsMore`].
pub fn decide_grant(actor: &Actor, permissions: PermissionSet) -> Result<(), Denial> {
    match actor {
        Actor::Client(client) if client.permissions().contains_all(permissions) => Ok(()),
        Actor::Operator => Ok(()),
        Actor::Client(_) | Actor::Anonymous => Err(Denial::GrantsMore),
    }
}

/// Whether `actor` may leave credentials with these bounds usable: one that it creates or enables,
/// or those of a service account that it grants something to. `None` stands for bounds that cannot
/// be read.
///
/// # Errors
/// [`Denial::LessRestricted`].
pub fn decide_bounds<'a>(
    actor: &Actor,
    bounds: impl IntoIterator<Item = Option<&'a Bounds>>,
) -> Result<(), Denial> {
    let Actor::Client(client) = actor else { return Ok(()) };
    let mut bounds = bounds.into_iter();
    let all_within = client.bounds.is_unbounded()
        || bounds.all(|it| it.is_some_and(|it| it.within(&client.bounds)));
    if all_within { Ok(()) } else { Err(Denial::LessRestricted) }
}

fn may_read<R: Resource>(client: &Client, resource: &R) -> bool {
    client.organization == *resource.organization()
        && (resource.is_own(client) || client.permissions().contains(R::READ))
}
