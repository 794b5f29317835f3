//! The things that permissions are about.

use entity::{OrganizationId, ServiceAccountId};
use entity::{api, audit_event, credential, organization, service_account};

use super::{Bounds, Client, CredentialBounds, Permission, PermissionSet};

/// What an operation is done to.
pub trait Resource {
    /// Its name in the answer that there is none.
    const NOUN: &'static str;
    /// The permission to read it.
    const READ: Permission;
    /// The resource types whose permissions matter to it.
    const TYPES: &'static [&'static str];

    /// The organization that it belongs to.
    fn organization(&self) -> &OrganizationId;

    /// Whether `client` may read it whatever its roles and its scope.
    fn is_own(&self, _: &Client) -> bool {
        false
    }

    /// The permissions that a caller must hold to change it: those of the service account that it
    /// is or belongs to. Where these were not read, all of them: then only a caller who holds
    /// everything may change it.
    fn held_permissions(&self) -> PermissionSet {
        PermissionSet::default()
    }

    /// Whether it belongs to the service account of `client`, which that may read whatever its roles
    /// and its scope.
    fn is_of_own_account(&self, _: &Client) -> bool {
        false
    }

    /// Whether a caller whose credential has these bounds may do `permission` to the credential
    /// behind it.
    fn is_within(&self, _: Permission, _: &Bounds) -> bool {
        true
    }
}

/// The permissions that matter to an `R`, in the order of the contract.
pub fn that_matter_to<R: Resource>() -> impl Iterator<Item = Permission> {
    let matters = |permission: &Permission| R::TYPES.contains(&permission.kind());
    Permission::ALL.iter().copied().filter(matters)
}

impl<R: Resource> Resource for &R {
    const NOUN: &'static str = R::NOUN;
    const READ: Permission = R::READ;
    const TYPES: &'static [&'static str] = R::TYPES;

    fn organization(&self) -> &OrganizationId {
        (*self).organization()
    }

    fn is_own(&self, client: &Client) -> bool {
        (*self).is_own(client)
    }

    fn held_permissions(&self) -> PermissionSet {
        (*self).held_permissions()
    }

    fn is_of_own_account(&self, client: &Client) -> bool {
        (*self).is_of_own_account(client)
    }

    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        (*self).is_within(permission, bounds)
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

    fn is_own(&self, client: &Client) -> bool {
        self.id == client.organization
    }
}

/// An organization as the place of its lists, whose row need not be read.
impl Resource for OrganizationId {
    const NOUN: &'static str = organization::Model::NOUN;
    const READ: Permission = organization::Model::READ;
    const TYPES: &'static [&'static str] = organization::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        self
    }

    fn is_own(&self, client: &Client) -> bool {
        *self == client.organization
    }
}

/// A service account whose permissions were not read.
impl Resource for service_account::Model {
    const NOUN: &'static str = "service account";
    const READ: Permission = Permission::ServiceAccountsRead;
    const TYPES: &'static [&'static str] = &["service_accounts", "service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }

    fn is_own(&self, client: &Client) -> bool {
        self.id == client.service_account
    }

    fn held_permissions(&self) -> PermissionSet {
        PermissionSet::all()
    }
}

/// A service account and what it holds.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// Its organization.
    pub organization: &'a OrganizationId,
    /// Its id.
    pub id: &'a ServiceAccountId,
    /// The permissions that it holds.
    pub holds: PermissionSet,
}

impl Resource for Account<'_> {
    const NOUN: &'static str = service_account::Model::NOUN;
    const READ: Permission = service_account::Model::READ;
    const TYPES: &'static [&'static str] = service_account::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        self.organization
    }

    fn is_own(&self, client: &Client) -> bool {
        *self.id == client.service_account
    }

    fn held_permissions(&self) -> PermissionSet {
        self.holds
    }
}

/// The credentials of a service account as a list.
#[derive(Clone, Copy)]
pub struct AccountCredentials<'a> {
    /// The service account.
    pub account: Account<'a>,
    /// The bounds of each credential; read for callers whose own credential has some.
    pub bounds: &'a [CredentialBounds],
}

impl Resource for AccountCredentials<'_> {
    const NOUN: &'static str = service_account::Model::NOUN;
    const READ: Permission = service_account::Model::READ;
    const TYPES: &'static [&'static str] = credential::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        self.account.organization
    }

    fn is_own(&self, client: &Client) -> bool {
        self.account.is_own(client)
    }

    fn held_permissions(&self) -> PermissionSet {
        self.account.holds
    }

    /// Whether it may be done to one of them.
    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        self.bounds.is_empty() || self.bounds.iter().any(|it| it.permit(permission, bounds))
    }
}

/// A credential whose service account was not read.
impl Resource for credential::Model {
    const NOUN: &'static str = "credential";
    const READ: Permission = Permission::CredentialsRead;
    const TYPES: &'static [&'static str] = &["service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }

    fn is_of_own_account(&self, client: &Client) -> bool {
        self.service_account_id == client.service_account
    }

    fn held_permissions(&self) -> PermissionSet {
        PermissionSet::all()
    }
}

/// A credential and what its service account holds.
#[derive(Clone, Copy)]
pub struct AccountCredential<'a> {
    /// The credential.
    pub row: &'a credential::Model,
    /// The permissions of its service account.
    pub holds: PermissionSet,
    /// Its bounds; read for callers whose own credential has some.
    pub bounds: Option<&'a CredentialBounds>,
}

impl Resource for AccountCredential<'_> {
    const NOUN: &'static str = credential::Model::NOUN;
    const READ: Permission = credential::Model::READ;
    const TYPES: &'static [&'static str] = credential::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        &self.row.organization_id
    }

    fn held_permissions(&self) -> PermissionSet {
        self.holds
    }

    fn is_of_own_account(&self, client: &Client) -> bool {
        self.row.is_of_own_account(client)
    }

    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        self.bounds.is_some_and(|own| own.permit(permission, bounds))
    }
}

/// An API is registered by whoever may change the organization, and read by whoever holds the
/// permission to read organizations.
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
