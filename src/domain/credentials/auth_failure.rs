//! Reasons for which clients are not authenticated.

/// Why a client was not authenticated: for the log alone. To the client, all of them look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// What is stored of the credential is not understood by this version.
    CredentialUnreadable,
    /// The credential may not be used from this address; its secret or signature is right.
    AddressNotAllowed,
    /// The credential authenticates by the other method: a secret instead of a key, or vice versa.
    WrongMethod,
    /// The secret has not the form of a secret, or a wrong checksum.
    MalformedSecret,
    /// The secret is another one.
    WrongSecret,
    /// The assertion is malformed, expired, for somebody else, or not signed with the client's key.
    InvalidAssertion,
    /// The assertion was used before.
    ReplayedAssertion,
    /// The token was revoked.
    TokenRevoked,
    /// There were too many failures in the network of the client: nothing was verified.
    TooManyFailures,
}

impl AuthFailure {
    /// Its name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingCredentials => "missing_credentials",
            Self::UnsupportedMethod => "unsupported_method",
            Self::UnknownClient => "unknown_client",
            Self::AccountDisabled => "account_disabled",
            Self::CredentialDisabled => "credential_disabled",
            Self::CredentialExpired => "credential_expired",
            Self::CredentialUnreadable => "credential_unreadable",
            Self::AddressNotAllowed => "address_not_allowed",
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
