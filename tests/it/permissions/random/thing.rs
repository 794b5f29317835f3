//! The things that operations are done to.

use postern::authz::Permission;

use super::model::OWN;

/// A thing that an operation is done to.
pub struct Thing {
    pub read: Permission,
    /// The account that it is or belongs to.
    pub account: Option<usize>,
    pub is_own: bool,
    /// Whether it is a credential, or the list of them.
    pub has_bounds: bool,
    pub kinds: &'static [&'static str],
}

const CREDENTIALS: &str = "service_account_credentials";

impl Thing {
    pub fn organization() -> Self {
        let kinds = &[
            "organizations",
            "service_accounts",
            CREDENTIALS,
            "roles",
            "members",
            "apis",
            "trusted_issuers",
            "audit_events",
        ];
        let read = Permission::OrganizationsRead;
        Self { read, account: None, is_own: true, has_bounds: false, kinds }
    }

    pub fn account(at: usize) -> Self {
        let (read, kinds) = (Permission::ServiceAccountsRead, &["service_accounts", CREDENTIALS]);
        Self { read, account: Some(at), is_own: at == OWN, has_bounds: true, kinds }
    }

    pub fn credential(at: usize) -> Self {
        let (read, kinds) = (Permission::CredentialsRead, &[CREDENTIALS]);
        Self { read, account: Some(at), is_own: false, has_bounds: true, kinds }
    }

    /// A thing of the organization whose kind has its own permission to read it.
    pub fn of_organization(read: Permission) -> Self {
        Self { read, account: None, is_own: false, has_bounds: false, kinds: &[] }
    }
}
