//! Actors of operations.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId, organization};
use zeroize::Zeroizing;

use super::{Binding, Bindings, Bounds, PermissionSet};

/// The actor of an operation.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A caller without a token.
    Anonymous,
    /// The operator, at the command line of the server.
    Operator,
    /// A service account, authenticated by an access token.
    Client(Arc<Client>),
}

/// A service account that authenticated with one of its credentials.
#[derive(Clone, Debug)]
pub struct Client {
    /// The organization.
    pub organization: OrganizationId,
    /// The organization as this request last read it.
    pub current_organization: Arc<ArcSwap<organization::Model>>,
    /// The service account.
    pub service_account: ServiceAccountId,
    /// The credential that the token was issued to.
    pub credential: CredentialId,
    /// The current role bindings of the service account.
    pub bindings: Vec<Binding>,
    /// The scope of the token; `None` if it is not restricted by one.
    pub scope: Option<PermissionSet>,
    /// The bounds of the credential.
    pub bounds: Bounds,
    /// When the token expires.
    pub token_expires_at: DateTime<Utc>,
    /// The token, by which it is authenticated again; `None` if it authenticated without one.
    pub token: Option<AccessToken>,
}

/// The text of an access token, which `Debug` does not show.
#[derive(Clone)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// The token with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The text, to validate it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

impl Client {
    /// Its role bindings, restricted to the scope of its token.
    #[must_use]
    pub fn access(&self) -> Bindings<'_> {
        Bindings::new(&self.bindings, self.scope)
    }

    /// Its permissions in its organization.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        self.access().on(None)
    }
}

impl Actor {
    /// Whether decisions on changes depend on the permissions of the changed service account. They do
    /// not for a caller that holds all permissions, nor for one that holds none to change anything.
    #[must_use]
    pub fn depends_on_held_permissions(&self) -> bool {
        let Self::Client(client) = self else { return false };
        !client.access().hold_all() && client.access().allow_changes()
    }

    /// Whether its credential has bounds, so that decisions on other credentials depend on theirs.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        matches!(self, Self::Client(client) if !client.bounds.is_unbounded())
    }
}
