//! Restrictions of credentials.

use async_graphql::Object;

use crate::authz::Restrictions;

/// The restrictions of a credential.
pub struct CredentialRestrictions(pub Restrictions);

/// Restrictions of a credential, which hold whatever the permissions of its service account are. A
/// null part restricts nothing.
#[Object]
impl CredentialRestrictions {
    /// Scopes that tokens of the credential may have, of this server and of APIs; null: all that
    /// the service account holds.
    async fn scopes(&self) -> Option<Vec<&str>> {
        self.0.scopes.as_ref().map(|scopes| scopes.iter().collect())
    }

    /// Audiences that tokens of the credential may have: this server, and identifiers of APIs;
    /// null: all.
    async fn audiences(&self) -> Option<&[String]> {
        self.0.audiences.as_deref()
    }

    /// Networks in CIDR notation that the credential may be used from; null: all.
    async fn addresses(&self) -> Option<Vec<String>> {
        let networks = self.0.addresses.as_ref();
        networks.map(|networks| networks.iter().map(ToString::to_string).collect())
    }

    /// Maximum lifetime of the credential's tokens in seconds; null: the maximum of the server.
    async fn token_lifetime(&self) -> Option<i64> {
        self.0.token_lifetime
    }
}
