//! Restrictions of credentials.

use async_graphql::Object;

use crate::authz::Restrictions;

/// The restrictions of one credential.
pub struct CredentialRestrictions(pub Restrictions);

/// The restrictions of a credential: it gives no more than these, whatever its service account
/// holds. A null part does not restrict it.
#[Object]
impl CredentialRestrictions {
    /// The scopes that its tokens may have, here and at APIs.
    async fn scopes(&self) -> Option<Vec<&str>> {
        self.0.scopes.as_ref().map(|scopes| scopes.iter().collect())
    }

    /// The audiences that its tokens may have: this server, and identifiers of APIs.
    async fn audiences(&self) -> Option<&[String]> {
        self.0.audiences.as_deref()
    }

    /// The networks that it may be used from.
    async fn addresses(&self) -> Option<Vec<String>> {
        let networks = self.0.addresses.as_ref();
        networks.map(|networks| networks.iter().map(ToString::to_string).collect())
    }

    /// The longest lifetime of its tokens, in seconds.
    async fn token_lifetime(&self) -> Option<i64> {
        self.0.token_lifetime
    }
}
