//! What is to narrow credentials.

use async_graphql::InputObject;

use crate::domain::credentials::limits::Wanted;

/// What narrows a credential; what is absent or null does not.
#[derive(InputObject)]
pub struct CredentialLimitsInput {
    /// The scopes that its tokens may have, here and at APIs: 1 to 100 that the service account holds.
    scopes: Option<Vec<String>>,
    /// Whom its tokens may be for: 1 to 20, each the audience of this server, or the identifier of an
    /// API at which the service account holds something.
    audiences: Option<Vec<String>>,
    /// Where it may be used from: 1 to 100 networks such as `10.0.0.0/8` or `2001:db8::/32`, or single
    /// addresses.
    addresses: Option<Vec<String>>,
    /// How long its tokens live at most: 60 to 86400 seconds.
    token_lifetime: Option<i64>,
}

impl From<CredentialLimitsInput> for Wanted {
    fn from(input: CredentialLimitsInput) -> Self {
        let CredentialLimitsInput { scopes, audiences, addresses, token_lifetime } = input;
        Self { scopes, audiences, addresses, token_lifetime }
    }
}
