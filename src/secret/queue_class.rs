//! Classes of the hash queue, and the flows between which it is fair.

use entity::OrganizationId;

use crate::error::Error;
use crate::network::{Prefix, Subscriber};

/// The origin of a hash. The queue alternates between flows, and within a flow between its classes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum QueueClass {
    /// Clients that authenticate from one address.
    Client(Subscriber),
    /// The same, in a network with too many failures: the lowest priority.
    FailingClient(Subscriber),
    /// Creation of credentials in one organization.
    Organization(OrganizationId),
    /// The operator at the command line.
    Operator,
}

/// The unit of fairness: each flow has one hash in a round.
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
    /// The flow of the class.
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

    /// Whether the class has the lowest priority.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        matches!(self, Self::FailingClient(_))
    }

    /// The error of a displaced job.
    pub(super) fn rejection(&self) -> Error {
        if self.is_failing() {
            return Error::RateLimited;
        }
        Error::Unavailable("too many secrets are waiting to be hashed".into())
    }
}
