//! Authenticated clients and the credentials that they authenticate with.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use entity::credential::Authenticator;
use entity::{CredentialId, OrganizationId, ServiceAccountId, organization};

use super::{AuthFailure, ClientInfo};
use crate::authz::{Binding, Bounds, Client, PermissionSet, Restrictions};

/// A credential as it was when it was read; valid until its next revision.
#[derive(Clone)]
pub struct ActiveCredential {
    /// Its id.
    pub id: CredentialId,
    /// Its OAuth client id.
    pub client_id: String,
    /// The service account that it authenticates.
    pub service_account: ServiceAccountId,
    /// The organization of the service account.
    pub organization: OrganizationId,
    /// What it is authenticated with.
    pub(super) authenticator: Authenticator,
    /// The revision that was read: usage is recorded and tokens are issued for this one alone.
    pub(super) revision: i32,
    /// When it expires or retires, whichever comes first; `None`: never.
    pub ends_at: Option<DateTime<Utc>>,
    /// Its restrictions.
    pub restrictions: Restrictions,
    /// How often its tokens were revoked: tokens of earlier generations are invalid.
    pub token_generation: i32,
}

impl ActiveCredential {
    /// Its restrictions and its end.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { restrictions: self.restrictions.clone(), ends_at: self.ends_at }
    }

    /// Checks the restrictions that decide whether a client may use the credential, for every way to
    /// authenticate.
    pub(super) fn permit_client(&self, client: &ClientInfo) -> Result<(), AuthFailure> {
        // A new restriction does not compile here until it has its one place: those of the client
        // below, those of a token where its terms are determined and where it is issued.
        let Restrictions { addresses: _, scopes: _, audiences: _, token_lifetime: _ } =
            &self.restrictions;
        if self.restrictions.allow_address(client.address) {
            return Ok(());
        }
        Err(AuthFailure::AddressNotAllowed {
            credential: self.id.clone(),
            organization: self.organization.clone(),
        })
    }
}

/// A client with an active credential, as the database has it now.
#[derive(Clone)]
pub struct ActiveClient {
    /// The credential.
    pub credential: Arc<ActiveCredential>,
    /// The organization.
    pub organization: Arc<organization::Model>,
    /// The role bindings of the service account.
    pub bindings: Vec<Binding>,
}

impl ActiveClient {
    /// The actor of a request of this client, which no token authenticates again.
    #[must_use]
    pub fn actor(&self, scope: Option<PermissionSet>, token_expires_at: DateTime<Utc>) -> Client {
        Client {
            organization: self.credential.organization.clone(),
            current_organization: Arc::new(ArcSwap::new(Arc::clone(&self.organization))),
            service_account: self.credential.service_account.clone(),
            credential: self.credential.id.clone(),
            bindings: self.bindings.clone(),
            scope,
            bounds: self.credential.bounds(),
            token_expires_at,
            token: None,
        }
    }
}
