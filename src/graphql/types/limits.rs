//! What narrows credentials.

use async_graphql::Object;

use crate::domain::credentials::limits::Limits;

/// What narrows one credential.
pub struct CredentialLimits(pub Limits);

/// What narrows a credential, whatever its service account holds. What is null does not narrow it.
#[Object]
impl CredentialLimits {
    /// The scopes that its tokens may have, here and at APIs.
    async fn scopes(&self) -> Option<Vec<&str>> {
        self.0.scopes.as_ref().map(|scopes| scopes.iter().collect())
    }

    /// Whom its tokens may be for.
    async fn audiences(&self) -> Option<&[String]> {
        self.0.audiences.as_deref()
    }

    /// The networks that it may be used from.
    async fn addresses(&self) -> Option<Vec<String>> {
        let networks = self.0.addresses.as_ref();
        networks.map(|networks| networks.iter().map(ToString::to_string).collect())
    }

    /// How long its tokens live at most, in seconds.
    async fn token_lifetime(&self) -> Option<i64> {
        self.0.token_lifetime
    }
}
