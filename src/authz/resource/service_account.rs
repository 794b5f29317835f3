//! Service accounts and their lists of credentials as resources.

use entity::{OrganizationId, ServiceAccountId, credential, service_account};

use super::Resource;
use crate::authz::{Bounds, Client, CredentialBounds, Held, Permission};

/// A service account whose role bindings were not read.
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

    fn service_account(&self) -> Option<&ServiceAccountId> {
        Some(&self.id)
    }

    fn held(&self) -> &Held {
        Held::UNKNOWN
    }
}

/// A service account and the role bindings that it holds.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// Its organization.
    pub organization: &'a OrganizationId,
    /// Its id.
    pub id: &'a ServiceAccountId,
    /// The role bindings that it holds.
    pub held: &'a Held,
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

    fn service_account(&self) -> Option<&ServiceAccountId> {
        Some(self.id)
    }

    fn held(&self) -> &Held {
        self.held
    }
}

/// The list of credentials of a service account.
#[derive(Clone, Copy)]
pub struct AccountCredentials<'a> {
    /// The service account.
    pub account: Account<'a>,
    /// The bounds of each credential; read only for callers whose own credential has bounds.
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

    fn service_account(&self) -> Option<&ServiceAccountId> {
        self.account.service_account()
    }

    fn held(&self) -> &Held {
        self.account.held
    }

    /// Whether `permission` on one of them stays within `bounds`.
    fn is_within(&self, permission: Permission, bounds: &Bounds) -> bool {
        self.bounds.is_empty() || self.bounds.iter().any(|it| it.permit(permission, bounds))
    }
}
