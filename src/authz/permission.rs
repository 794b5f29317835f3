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
    /// Read the organization, which every service account of it may do in any case.
    OrganizationsRead = "organizations:read",
    /// Change the name and the label of the organization.
    OrganizationsUpdate = "organizations:update",
    /// List and count service accounts.
    ServiceAccountsList = "service_accounts:list",
    /// Create service accounts.
    ServiceAccountsCreate = "service_accounts:create",
    /// Read service accounts.
    ServiceAccountsRead = "service_accounts:read",
    /// Change, disable and enable service accounts, set their external IDs, and revoke their tokens.
    ServiceAccountsUpdate = "service_accounts:update",
    /// Delete service accounts together with their credentials.
    ServiceAccountsDelete = "service_accounts:delete",
    /// List and count the credentials of service accounts.
    CredentialsList = "service_account_credentials:list",
    /// Create credentials for service accounts; required to start a rotation, too.
    CredentialsCreate = "service_account_credentials:create",
    /// Read credentials and their usage, without their secrets.
    CredentialsRead = "service_account_credentials:read",
    /// Change, disable, enable and rotate credentials, and revoke their tokens.
    CredentialsUpdate = "service_account_credentials:update",
    /// Delete credentials; required to cancel a rotation, too.
    CredentialsDelete = "service_account_credentials:delete",
    /// List roles, and the roles and API scopes of service accounts.
    RolesList = "roles:list",
    /// Create roles.
    RolesCreate = "roles:create",
    /// Change the name, the description and the permissions of roles.
    RolesUpdate = "roles:update",
    /// Delete roles.
    RolesDelete = "roles:delete",
    /// Grant roles to service accounts, and revoke them.
    RolesGrant = "roles:grant",
    /// List members; no operation uses it yet.
    MembersList = "members:list",
    /// Invite members; no operation uses it yet.
    MembersCreate = "members:create",
    /// Read members; no operation uses it yet.
    MembersRead = "members:read",
    /// Change members; no operation uses it yet.
    MembersUpdate = "members:update",
    /// Remove members; no operation uses it yet.
    MembersDelete = "members:delete",
    /// List APIs.
    ApisList = "apis:list",
    /// Register APIs.
    ApisCreate = "apis:create",
    /// Read APIs.
    ApisRead = "apis:read",
    /// Change the name and the scopes of APIs.
    ApisUpdate = "apis:update",
    /// Delete APIs.
    ApisDelete = "apis:delete",
    /// Grant scopes of APIs to service accounts, and revoke them.
    ApisGrant = "apis:grant",
    /// List trusted issuers; no operation uses it yet.
    TrustedIssuersList = "trusted_issuers:list",
    /// Register trusted issuers; no operation uses it yet.
    TrustedIssuersCreate = "trusted_issuers:create",
    /// Read trusted issuers; no operation uses it yet.
    TrustedIssuersRead = "trusted_issuers:read",
    /// Change trusted issuers; no operation uses it yet.
    TrustedIssuersUpdate = "trusted_issuers:update",
    /// Delete trusted issuers; no operation uses it yet.
    TrustedIssuersDelete = "trusted_issuers:delete",
    /// List audit events, subscribe to them, and read the head of their hash chain.
    AuditEventsList = "audit_events:list",
    /// Export audit events.
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
