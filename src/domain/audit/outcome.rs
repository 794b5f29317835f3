//! Outcomes of audited attempts, and the reasons of those that had no success.

use crate::auth::AuthFailure;
use crate::authz::Denial;
use crate::error::Error;

macro_rules! texts {
    ($(#[$about:meta])* $type:ident {
        $($(#[doc = $doc:literal])+ $name:ident = $text:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[doc = $doc])+ $name,)*
        }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its text in the database.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The value of a stored text; `None` for one of a newer version.
            #[must_use]
            pub fn of_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.text() == text)
            }

            /// Its description in the published texts.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_start(),)* }
            }
        }
    };
}

texts! {
    /// The outcome of an audited attempt.
    Outcome {
        /// The attempt succeeded; the event and its change were committed together.
        Success = "success",
        /// The policy denied the attempt, or the caller was not authenticated.
        Denied = "denied",
        /// The attempt was permitted and conflicted with the current state.
        Failed = "failed",
    }
}

texts! {
    /// The reason of an attempt that was denied or failed.
    EventReason {
        /// The caller lacks the permission that `detail` names.
        MissingPermission = "MISSING_PERMISSION",
        /// The target does not exist, or the caller may not read it.
        Hidden = "HIDDEN",
        /// The service account holds permissions that the caller does not hold.
        HoldsMore = "HOLDS_MORE",
        /// The grant contains permissions that the caller does not hold.
        GrantsMore = "GRANTS_MORE",
        /// The caller's credential is more restricted, or expires earlier, than the target would.
        LessRestricted = "LESS_RESTRICTED",
        /// The state of the target forbids the change; `detail` names the conflict reason.
        Conflict = "CONFLICT",
        /// The request had no client id, or nothing to authenticate with.
        MissingCredentials = "MISSING_CREDENTIALS",
        /// The authentication method of the request is not supported.
        UnsupportedMethod = "UNSUPPORTED_METHOD",
        /// No credential has the client id of the request.
        UnknownClient = "UNKNOWN_CLIENT",
        /// The service account of the credential is disabled.
        AccountDisabled = "ACCOUNT_DISABLED",
        /// The credential of the client is disabled.
        CredentialDisabled = "CREDENTIAL_DISABLED",
        /// The credential of the client expired or retired.
        CredentialExpired = "CREDENTIAL_EXPIRED",
        /// The stored credential has a form that this version does not know.
        CredentialUnreadable = "CREDENTIAL_UNREADABLE",
        /// The credential is restricted to other client addresses.
        AddressNotAllowed = "ADDRESS_NOT_ALLOWED",
        /// The credential authenticates by the other method, a key or a secret.
        WrongMethod = "WRONG_METHOD",
        /// The secret of the request does not have the form of a secret.
        MalformedSecret = "MALFORMED_SECRET",
        /// The secret of the request is wrong.
        WrongSecret = "WRONG_SECRET",
        /// The client assertion is malformed, expired or not signed with the client's key.
        InvalidAssertion = "INVALID_ASSERTION",
        /// The client assertion was used before.
        ReplayedAssertion = "REPLAYED_ASSERTION",
        /// The access token is revoked, or its credential is no longer active.
        TokenNotActive = "TOKEN_NOT_ACTIVE",
        /// The network of the client failed too often, so nothing was verified.
        TooManyFailures = "TOO_MANY_FAILURES",
        /// The event sums up attempts of several kinds, beyond the number that is recorded one by one.
        Several = "SEVERAL_REASONS",
    }
}

impl From<&AuthFailure> for EventReason {
    fn from(failure: &AuthFailure) -> Self {
        match failure {
            AuthFailure::MissingCredentials => Self::MissingCredentials,
            AuthFailure::UnsupportedMethod => Self::UnsupportedMethod,
            AuthFailure::UnknownClient => Self::UnknownClient,
            AuthFailure::AccountDisabled => Self::AccountDisabled,
            AuthFailure::CredentialDisabled => Self::CredentialDisabled,
            AuthFailure::CredentialExpired => Self::CredentialExpired,
            AuthFailure::CredentialUnreadable => Self::CredentialUnreadable,
            AuthFailure::AddressNotAllowed { .. } => Self::AddressNotAllowed,
            AuthFailure::WrongMethod => Self::WrongMethod,
            AuthFailure::MalformedSecret => Self::MalformedSecret,
            AuthFailure::WrongSecret => Self::WrongSecret,
            AuthFailure::InvalidAssertion => Self::InvalidAssertion,
            AuthFailure::ReplayedAssertion => Self::ReplayedAssertion,
            AuthFailure::TokenRevoked => Self::TokenNotActive,
            AuthFailure::TooManyFailures => Self::TooManyFailures,
        }
    }
}

impl From<Denial> for EventReason {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Hidden => Self::Hidden,
            Denial::Missing(_) => Self::MissingPermission,
            Denial::HoldsMore => Self::HoldsMore,
            Denial::GrantsMore => Self::GrantsMore,
            Denial::LessRestricted => Self::LessRestricted,
        }
    }
}

/// Why an operation was denied or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The outcome.
    pub outcome: Outcome,
    /// The reason.
    pub reason: EventReason,
    /// The name of the missing permission, or of the conflict.
    pub detail: Option<&'static str>,
}

impl Rejection {
    /// The rejection behind an error; `None` for invalid input and faults of the server, which are no
    /// decisions about the caller.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        let (outcome, reason, detail) = match error {
            Error::NotFound(_) => (Outcome::Denied, EventReason::Hidden, None),
            Error::Forbidden { permission, denial, .. } => {
                (Outcome::Denied, (*denial).into(), Some(*permission))
            }
            Error::Conflict { reason, .. } => {
                (Outcome::Failed, EventReason::Conflict, Some(reason.name()))
            }
            Error::Unauthenticated
            | Error::Invalid(_)
            | Error::RateLimited
            | Error::Unavailable(_)
            | Error::Internal(_) => return None,
        };
        Some(Self { outcome, reason, detail })
    }
}
