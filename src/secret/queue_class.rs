//! Classes of the hash queue: whose turn a hash takes.

use entity::OrganizationId;

use crate::error::Error;
use crate::network::{Prefix, Subscriber};

/// The cause of a hash. Parties take turns, and within a party its classes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum QueueClass {
    /// Clients that authenticate from one address.
    Client(Subscriber),
    /// The same, in a network with too many failures: they have the lowest priority.
    FailingClient(Subscriber),
    /// Creation of credentials in one organization.
    Organization(OrganizationId),
    /// The operator at the command line.
    Operator,
}

/// Those who have one turn together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// A network.
    Network(Prefix),
    /// An organization.
    Organization(OrganizationId),
    /// The operator at the command line.
    Operator,
}

impl QueueClass {
    /// The party that it belongs to.
    #[must_use]
    pub fn flow(&self) -> Flow {
        match self {
            Self::Client(subscriber) | Self::FailingClient(subscriber) => {
                Flow::Network((*subscriber).into())
            }
            Self::Organization(organization) => Flow::Organization(organization.clone()),
            Self::Operator => Flow::Operator,
        }
    }

    /// Whether it has the lowest priority.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        matches!(self, Self::FailingClient(_))
    }

    /// The error when there is no place for it.
    pub(super) fn rejection(&self) -> Error {
        if self.is_failing() {
            return Error::RateLimited;
        }
        Error::Unavailable("too many secrets are waiting to be hashed".into())
    }
}
