//! Roles: the three that are built in.

use std::str::FromStr;

use serde::Serialize;

use super::{Permission, PermissionSet};

/// A named set of permissions in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Role {
    /// Holds all permissions.
    Admin,
    /// Reads and lists all but audit events; creates and updates service accounts and credentials.
    Member,
    /// Reads and lists the organization, its service accounts and credentials.
    Viewer,
}

impl Role {
    /// All there are.
    pub const ALL: &'static [Self] = &[Self::Admin, Self::Member, Self::Viewer];

    /// What it is called in the API and in the database.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Admin => "org_admin",
            Self::Member => "org_member",
            Self::Viewer => "org_viewer",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "Organization admin",
            Self::Member => "Organization member",
            Self::Viewer => "Organization viewer",
        }
    }

    /// What it is for.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Admin => "Does everything in the organization.",
            Self::Member => {
                "Sees everything but the audit events; creates and updates service accounts and credentials."
            }
            Self::Viewer => "Sees the organization, its service accounts and their credentials.",
        }
    }

    /// What it holds.
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
            ]
            .into_iter()
            .collect(),
        }
    }

    /// What several roles hold together.
    #[must_use]
    pub fn permissions_of(roles: &[Self]) -> PermissionSet {
        roles.iter().fold(PermissionSet::default(), |set, role| set.union(role.permissions()))
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(label: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|role| role.label() == label).ok_or(())
    }
}
