//! Credentials as resources.

use entity::{OrganizationId, ServiceAccountId, credential};

use super::Resource;
use crate::authz::{Bounds, CredentialBounds, Held, Permission};

/// A credential whose service account was not read.
impl Resource for credential::Model {
    const NOUN: &'static str = "credential";
    const READ: Permission = Permission::CredentialsRead;
    const TYPES: &'static [&'static str] = &["service_account_credentials"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }

    fn service_account(&self) -> Option<&ServiceAccountId> {
        Some(&self.service_account_id)
    }

    fn held(&self) -> &Held {
        Held::UNKNOWN
    }
}

/// A credential and the role bindings of its service account.
#[derive(Clone, Copy)]
pub struct AccountCredential<'a> {
    /// The credential.
    pub row: &'a credential::Model,
    /// The role bindings of its service account.
    pub held: &'a Held,
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

    fn service_account(&self) -> Option<&ServiceAccountId> {
        Some(&self.row.service_account_id)
    }

    fn held(&self) -> &Held {
        self.held
    }

    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        self.bounds.is_some_and(|own| own.permit(permission, bounds))
    }
}
