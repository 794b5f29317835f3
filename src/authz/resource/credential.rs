//! Credentials as resources.

use entity::{OrganizationId, credential};

use super::Resource;
use crate::authz::{Bounds, Client, CredentialBounds, Permission, PermissionSet};

/// A credential whose service account was not read.
impl Resource for credential::Model {
    const NOUN: &'static str = "credential";
    const READ: Permission = Permission::CredentialsRead;
    const TYPES: &'static [&'static str] = &["service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }

    fn is_own(&self, client: &Client) -> bool {
        self.id == client.credential
    }

    fn is_of_own_account(&self, client: &Client) -> bool {
        self.service_account_id == client.service_account
    }

    fn held_permissions(&self) -> PermissionSet {
        PermissionSet::all()
    }
}

/// A credential and the permissions that its service account holds.
#[derive(Clone, Copy)]
pub struct AccountCredential<'a> {
    /// The credential.
    pub row: &'a credential::Model,
    /// The permissions of its service account.
    pub holds: PermissionSet,
    /// Its bounds; read only for callers whose own credential has bounds.
    pub bounds: Option<&'a CredentialBounds>,
}

impl Resource for AccountCredential<'_> {
    const NOUN: &'static str = credential::Model::NOUN;
    const READ: Permission = credential::Model::READ;
    const TYPES: &'static [&'static str] = credential::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        &self.row.organization_id
    }

    fn is_own(&self, client: &Client) -> bool {
        self.row.is_own(client)
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
