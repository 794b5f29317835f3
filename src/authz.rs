//! The policy: who may do what to which thing. Pure: no database, no clock.
//!
//! [`allows`] is what every operation asks before it acts and what every `permissions` field
//! answers with, so that what the API says and what it lets you do cannot differ.

mod permission;
mod role;

pub use permission::{Permission, PermissionSet};
pub use role::Role;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId};
use entity::{api, audit_event, credential, organization, service_account};

/// Who does it.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody that we know.
    Anonymous,
    /// Whoever runs the commands on the machine itself.
    Operator,
    /// A service account, by its access token.
    Client(Arc<Client>),
}

/// A service account that has proven itself by one of its credentials.
#[derive(Clone, Debug)]
pub struct Client {
    /// The tenant.
    pub organization: OrganizationId,
    /// The tenant, as it was when the request came.
    pub home: Arc<organization::Model>,
    /// Who it is.
    pub service_account: ServiceAccountId,
    /// What it proved itself with.
    pub credential: CredentialId,
    /// The roles that it holds now.
    pub roles: Vec<Role>,
    /// What its token was narrowed to, if it was.
    pub scope: Option<PermissionSet>,
    /// When its token ends.
    pub token_expires_at: DateTime<Utc>,
}

impl Client {
    /// What it may do in its organization: what its roles hold, within the scope of its token.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        let held = Role::permissions_of(&self.roles);
        self.scope.map_or(held, |scope| held.intersection(scope))
    }
}

/// What an action is done to: it has a tenant, and may be a service account.
pub trait Resource {
    /// What it is called when there is none.
    const NOUN: &'static str;
    /// What lets one know that there is one.
    const READ: Permission;
    /// The resource types whose permissions matter to it.
    const TYPES: &'static [&'static str];

    /// The tenant.
    fn organization(&self) -> &OrganizationId;

    /// Whether it is this very service account.
    fn is_account(&self, _: &ServiceAccountId) -> bool {
        false
    }
}

/// Whether `actor` may do `permission` to `resource`.
#[must_use]
pub fn allows(actor: &Actor, permission: Permission, resource: &impl Resource) -> bool {
    match actor {
        Actor::Anonymous => false,
        Actor::Operator => true,
        Actor::Client(client) => {
            let itself = permission == Permission::ServiceAccountsRead
                && resource.is_account(&client.service_account);
            itself
                || (client.organization == *resource.organization()
                    && client.permissions().contains(permission))
        }
    }
}

/// Whether `actor` holds all of `permissions` in the tenant of `resource`: nobody hands out more
/// than that.
#[must_use]
pub fn holds(actor: &Actor, permissions: PermissionSet, resource: &impl Resource) -> bool {
    match actor {
        Actor::Anonymous => false,
        Actor::Operator => true,
        Actor::Client(client) => {
            client.organization == *resource.organization()
                && client.permissions().contains_all(permissions)
        }
    }
}

/// The permissions that matter to an `R`, in the order of the contract.
pub fn that_matter_to<R: Resource>() -> impl Iterator<Item = Permission> {
    let matters = |permission: &Permission| R::TYPES.contains(&permission.parts().0);
    Permission::ALL.iter().copied().filter(matters)
}

impl<R: Resource> Resource for &R {
    const NOUN: &'static str = R::NOUN;
    const READ: Permission = R::READ;
    const TYPES: &'static [&'static str] = R::TYPES;

    fn organization(&self) -> &OrganizationId {
        (*self).organization()
    }

    fn is_account(&self, account: &ServiceAccountId) -> bool {
        (*self).is_account(account)
    }
}

impl Resource for organization::Model {
    const NOUN: &'static str = "organization";
    const READ: Permission = Permission::OrganizationsRead;
    const TYPES: &'static [&'static str] = &[
        "organizations",
        "service_accounts",
        "service_account_credentials",
        "roles",
        "audit_events",
    ];

    fn organization(&self) -> &OrganizationId {
        &self.id
    }
}

/// A tenant as the place of its lists, whose row need not be read.
impl Resource for OrganizationId {
    const NOUN: &'static str = organization::Model::NOUN;
    const READ: Permission = organization::Model::READ;
    const TYPES: &'static [&'static str] = organization::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        self
    }
}

impl Resource for service_account::Model {
    const NOUN: &'static str = "service account";
    const READ: Permission = Permission::ServiceAccountsRead;
    const TYPES: &'static [&'static str] = &["service_accounts", "service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }

    fn is_account(&self, account: &ServiceAccountId) -> bool {
        self.id == *account
    }
}

impl Resource for credential::Model {
    const NOUN: &'static str = "credential";
    const READ: Permission = Permission::CredentialsRead;
    const TYPES: &'static [&'static str] = &["service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }
}

/// An API is registered by whoever may change the organization, and seen by whoever sees that.
impl Resource for api::Model {
    const NOUN: &'static str = "API";
    const READ: Permission = Permission::OrganizationsRead;
    const TYPES: &'static [&'static str] = &["organizations"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }
}

impl Resource for audit_event::Model {
    const NOUN: &'static str = "audit event";
    const READ: Permission = Permission::AuditEventsList;
    const TYPES: &'static [&'static str] = &["audit_events"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }
}
