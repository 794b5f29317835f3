//! Reasons for which clients are not authenticated.

use entity::{CredentialId, OrganizationId};

use super::status::Inactive;

/// The reason why a client was not authenticated, for the log alone: the response is the same for
/// every reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// The request has no client id or nothing to authenticate with.
    MissingCredentials,
    /// The request uses an authentication method that is not supported.
    UnsupportedMethod,
    /// No credential has the client id.
    UnknownClient,
    /// The service account is disabled.
    AccountDisabled,
    /// The credential is disabled.
    CredentialDisabled,
    /// The credential has expired, or has retired at the end of a rotation.
    CredentialExpired,
    /// The stored credential has a form that this version does not know.
    CredentialUnreadable,
    /// The secret or the signature is right, and the credential is restricted to other addresses.
    AddressNotAllowed {
        /// The credential.
        credential: CredentialId,
        /// Its organization.
        organization: OrganizationId,
    },
    /// The credential authenticates by the other method: a secret instead of a key, or vice versa.
    WrongMethod,
    /// The text does not have the form of a secret, or its checksum is wrong.
    MalformedSecret,
    /// The secret is wrong.
    WrongSecret,
    /// The assertion is malformed, expired, for another audience, or not signed with the client's
    /// key.
    InvalidAssertion,
    /// The assertion was used before.
    ReplayedAssertion,
    /// The token was revoked.
    TokenRevoked,
    /// The network of the client has too many failures: nothing was verified.
    TooManyFailures,
}

impl From<Inactive> for AuthFailure {
    fn from(inactive: Inactive) -> Self {
        match inactive {
            Inactive::AccountDisabled => Self::AccountDisabled,
            Inactive::Disabled => Self::CredentialDisabled,
            Inactive::Expired => Self::CredentialExpired,
        }
    }
}

impl AuthFailure {
    /// Its name in the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::MissingCredentials => "missing_credentials",
            Self::UnsupportedMethod => "unsupported_method",
            Self::UnknownClient => "unknown_client",
            Self::AccountDisabled => "account_disabled",
            Self::CredentialDisabled => "credential_disabled",
            Self::CredentialExpired => "credential_expired",
            Self::CredentialUnreadable => "credential_unreadable",
            Self::AddressNotAllowed { .. } => "address_not_allowed",
            Self::WrongMethod => "wrong_method",
            Self::MalformedSecret => "malformed_secret",
            Self::WrongSecret => "wrong_secret",
            Self::InvalidAssertion => "invalid_assertion",
            Self::ReplayedAssertion => "replayed_assertion",
            Self::TokenRevoked => "token_revoked",
            Self::TooManyFailures => "too_many_failures",
        }
    }
}
