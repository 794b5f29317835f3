//! Who acts.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, organization};

use super::{Bounds, Permission, PermissionSet, Role};

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A caller without a token.
    Anonymous,
    /// The operator at the command line of the machine itself.
    Operator,
    /// A service account, by its access token.
    Client(Arc<Client>),
}

/// A service account that authenticated with one of its credentials.
#[derive(Clone, Debug)]
pub struct Client {
    /// The organization.
    pub organization: OrganizationId,
    /// The organization as it was last read by this request.
    pub current_organization: Arc<ArcSwap<organization::Model>>,
    /// The service account.
    pub service_account: ServiceAccountId,
    /// The credential that the token was issued to.
    pub credential: CredentialId,
    /// The roles that the service account holds now.
    pub roles: Vec<Role>,
    /// The scope of the token, if it is restricted to one.
    pub scope: Option<PermissionSet>,
    /// The restrictions and the end of the credential.
    pub bounds: Bounds,
    /// When the token expires.
    pub token_expires_at: DateTime<Utc>,
}

impl Client {
    /// Its permissions in its organization: those of its roles, within the scope of its token.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        let held = Role::permissions_of(&self.roles);
        self.scope.map_or(held, |scope| held.intersection(scope))
    }
}

impl Actor {
    /// Whether a decision on a change depends on what the service account behind the thing holds:
    /// whoever holds everything may change every account, and whoever may change nothing, none.
    #[must_use]
    pub fn depends_on_held_permissions(&self) -> bool {
        let Self::Client(client) = self else { return false };
        let held = client.permissions();
        held != PermissionSet::all() && held.iter().any(Permission::changes)
    }

    /// Whether its credential is restricted or ends, so that decisions on other credentials depend
    /// on their bounds.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        matches!(self, Self::Client(client) if !client.bounds.is_unbounded())
    }
}
