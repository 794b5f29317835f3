//! Permissions.

use std::str::FromStr;

macro_rules! permissions {
    ($(#[doc = $doc:literal] $name:ident = $text:literal),* $(,)?) => {
        /// A permission, written `<resource type>:<name>`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = $doc] $name,)*
        }

        impl Permission {
            /// All permissions, in their published order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in scopes and in the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Its published description.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $doc.trim_ascii_start(),)*
                }
            }
        }
    };
}

permissions! {
    /// Read the organization.
    OrganizationsRead = "organizations:read",
    /// Update its name and label.
    OrganizationsUpdate = "organizations:update",
    /// List service accounts.
    ServiceAccountsList = "service_accounts:list",
    /// Create service accounts.
    ServiceAccountsCreate = "service_accounts:create",
    /// Read a service account.
    ServiceAccountsRead = "service_accounts:read",
    /// Update its name and description, disable and enable it.
    ServiceAccountsUpdate = "service_accounts:update",
    /// Delete it together with its credentials.
    ServiceAccountsDelete = "service_accounts:delete",
    /// List the credentials of a service account.
    CredentialsList = "service_account_credentials:list",
    /// Create credentials for a service account.
    CredentialsCreate = "service_account_credentials:create",
    /// Read a credential, without its secret.
    CredentialsRead = "service_account_credentials:read",
    /// Update, disable, enable and rotate it.
    CredentialsUpdate = "service_account_credentials:update",
    /// Delete it.
    CredentialsDelete = "service_account_credentials:delete",
    /// List roles, and the roles and API scopes of service accounts.
    RolesList = "roles:list",
    /// Create roles.
    RolesCreate = "roles:create",
    /// Change the name, the description and the permissions of a role.
    RolesUpdate = "roles:update",
    /// Delete a role.
    RolesDelete = "roles:delete",
    /// Grant and revoke roles.
    RolesGrant = "roles:grant",
    /// List members.
    MembersList = "members:list",
    /// Invite members.
    MembersCreate = "members:create",
    /// Read a member.
    MembersRead = "members:read",
    /// Change a member.
    MembersUpdate = "members:update",
    /// Remove a member.
    MembersDelete = "members:delete",
    /// List APIs.
    ApisList = "apis:list",
    /// Register APIs.
    ApisCreate = "apis:create",
    /// Read an API.
    ApisRead = "apis:read",
    /// Change the name and the scopes of an API.
    ApisUpdate = "apis:update",
    /// Delete an API.
    ApisDelete = "apis:delete",
    /// Grant and revoke scopes of APIs.
    ApisGrant = "apis:grant",
    /// List trusted issuers.
    TrustedIssuersList = "trusted_issuers:list",
    /// Register trusted issuers.
    TrustedIssuersCreate = "trusted_issuers:create",
    /// Read a trusted issuer.
    TrustedIssuersRead = "trusted_issuers:read",
    /// Change a trusted issuer.
    TrustedIssuersUpdate = "trusted_issuers:update",
    /// Delete a trusted issuer.
    TrustedIssuersDelete = "trusted_issuers:delete",
    /// List audit events.
    AuditEventsList = "audit_events:list",
    /// Export the audit log.
    AuditEventsExport = "audit_events:export",
}

impl Permission {
    /// Its resource type and its action: the two parts of [`Permission::name`].
    #[must_use]
    pub fn parts(self) -> (&'static str, &'static str) {
        self.name().split_once(':').unwrap_or((self.name(), ""))
    }

    /// Its resource type.
    #[must_use]
    pub fn kind(self) -> &'static str {
        self.parts().0
    }

    /// Whether it allows changes rather than reads.
    #[must_use]
    pub fn changes(self) -> bool {
        !matches!(self.parts().1, "read" | "list" | "export")
    }

    /// Whether a role that is confined to a service account grants it: it is about the service account
    /// or its credentials. All others are about the organization.
    #[must_use]
    pub fn applies_to_account(self) -> bool {
        match self.kind() {
            "service_account_credentials" => true,
            "service_accounts" => {
                !matches!(self, Self::ServiceAccountsList | Self::ServiceAccountsCreate)
            }
            _ => matches!(self, Self::RolesList | Self::RolesGrant | Self::ApisGrant),
        }
    }

    /// The read permissions that it also requires: on the resource that it changes, on the parent of
    /// the list, and on what the change names.
    #[must_use]
    pub fn requires(self) -> &'static [Self] {
        match self {
            Self::ServiceAccountsUpdate
            | Self::ServiceAccountsDelete
            | Self::CredentialsList
            | Self::CredentialsCreate
            | Self::RolesGrant => &[Self::ServiceAccountsRead],
            Self::ApisGrant => &[Self::ServiceAccountsRead, Self::ApisRead],
            Self::ApisUpdate | Self::ApisDelete => &[Self::ApisRead],
            Self::RolesUpdate | Self::RolesDelete => &[Self::RolesList],
            Self::CredentialsUpdate | Self::CredentialsDelete => &[Self::CredentialsRead],
            _ => &[],
        }
    }
}

impl FromStr for Permission {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|permission| permission.name() == text).ok_or(())
    }
}
