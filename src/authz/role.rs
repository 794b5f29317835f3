//! The three built-in roles.

use std::str::FromStr;

use serde::Serialize;

use super::{Permission, PermissionSet};

/// A named set of permissions in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Role {
    /// All permissions.
    Admin,
    /// Reads and lists all but audit events; creates and updates service accounts and credentials.
    Member,
    /// Reads and lists the organization, its service accounts, credentials and APIs.
    Viewer,
}

impl Role {
    /// All roles.
    pub const ALL: &'static [Self] = &[Self::Admin, Self::Member, Self::Viewer];

    /// Its identifier in the API and in the database.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Admin => "org_admin",
            Self::Member => "org_member",
            Self::Viewer => "org_viewer",
        }
    }

    /// Its id in the API, the same in all organizations.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Admin => "r00000000000000000orgadmin",
            Self::Member => "r0000000000000000orgmember",
            Self::Viewer => "r0000000000000000orgviewer",
        }
    }

    /// The role with this label or id.
    #[must_use]
    pub fn find(reference: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.label() == reference || it.id() == reference)
    }

    /// Its display name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "Organization admin",
            Self::Member => "Organization member",
            Self::Viewer => "Organization viewer",
        }
    }

    /// Its published description.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Admin => "All permissions in the organization.",
            Self::Member => {
                "Read access to everything except audit events; creation and update of service accounts and credentials."
            }
            Self::Viewer => {
                "Read access to the organization, its service accounts, their credentials, and its APIs."
            }
        }
    }

    /// The permissions that it grants.
    #[must_use]
    pub fn permissions(self) -> PermissionSet {
        use Permission as P;
        match self {
            Self::Admin => PermissionSet::all(),
            Self::Member => Self::Viewer.permissions().union(
                [
                    P::ServiceAccountsCreate,
                    P::ServiceAccountsUpdate,
                    P::CredentialsCreate,
                    P::CredentialsUpdate,
                    P::RolesList,
                    P::MembersList,
                    P::MembersRead,
                    P::TrustedIssuersList,
                    P::TrustedIssuersRead,
                ]
                .into_iter()
                .collect(),
            ),
            Self::Viewer => [
                P::OrganizationsRead,
                P::ServiceAccountsList,
                P::ServiceAccountsRead,
                P::CredentialsList,
                P::CredentialsRead,
                P::ApisList,
                P::ApisRead,
            ]
            .into_iter()
            .collect(),
        }
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(label: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|role| role.label() == label).ok_or(())
    }
}
