//! Attempts that are counted together.

use entity::{CredentialId, OrganizationId, ServiceAccountId};

use super::{GROUP_LIMIT, ORGANIZATION_LIMIT};
use crate::network::Prefix;

/// The reason of sums over several attempts.
pub const SEVERAL_REASONS: &str = "SEVERAL_REASONS";

/// An attempt that was denied or failed; equal ones are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// The organization; `None` until the client id is looked up, or for ever if it is unknown.
    pub organization: Option<OrganizationId>,
    /// The one who attempted it; `None` for sums over an organization.
    pub by: Option<By>,
    /// The action.
    pub action: &'static str,
    /// The outcome.
    pub outcome: &'static str,
    /// The reason.
    pub reason: &'static str,
    /// A detail, such as the missing permission.
    pub detail: Option<&'static str>,
    /// The id of the target as the caller named it; `None` if it named none.
    pub target: Option<String>,
    /// The label or the id of the role to grant or revoke, as the caller named it.
    pub role: Option<String>,
}

/// The one who made an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// An authenticated service account, with its credential.
    ServiceAccount(ServiceAccountId, CredentialId),
    /// A client of a credential that exists, by its client id, from a network; `None` for sums.
    Client(String, Option<Prefix>),
    /// A client whose client id was not looked up, if it has the form of one, from a network.
    Unverified(Option<String>, Prefix),
}

/// The attempts that share a limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    Credential(CredentialId),
    Client(String),
    Network(Prefix),
    Organization(OrganizationId),
}

impl Group {
    /// The most different attempts of the group within a minute.
    pub fn limit(&self) -> usize {
        match self {
            Self::Organization(_) => ORGANIZATION_LIMIT,
            _ => GROUP_LIMIT,
        }
    }
}

impl Attempt {
    /// The groups whose limits apply.
    pub fn groups(&self) -> Vec<Group> {
        let by = self.by.clone().map(|by| match by {
            By::ServiceAccount(_, credential) => Group::Credential(credential),
            By::Client(client_id, _) => Group::Client(client_id),
            By::Unverified(_, network) => Group::Network(network),
        });
        by.into_iter().chain(self.organization_group()).collect()
    }

    /// The group of its organization.
    pub fn organization_group(&self) -> Option<Group> {
        self.organization.clone().map(Group::Organization)
    }

    /// The attempt as which it is counted beyond the limit of its group.
    pub fn sum_of_group(&self) -> Self {
        let by = match &self.by {
            Some(By::Client(client_id, _)) => Some(By::Client(client_id.clone(), None)),
            Some(By::Unverified(_, network)) => Some(By::Unverified(None, *network)),
            by => by.clone(),
        };
        Self { by, ..self.sum_of_organization() }
    }

    /// The attempt as which it is counted beyond the limit of all groups.
    pub fn sum_of_organization(&self) -> Self {
        let (reason, by) = (SEVERAL_REASONS, None);
        Self { reason, by, detail: None, target: None, role: None, ..self.clone() }
    }
}
