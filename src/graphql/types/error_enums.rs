//! The enums that errors carry in their extensions. No field returns them: they are in the schema so
//! that clients know all values.

use async_graphql::Enum;

use crate::error::Reason;

/// The code of an error: `extensions.code`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ErrorCode {
    /// A valid access token is missing.
    Unauthenticated,
    /// The caller may read the thing but not do this to it. `extensions.permission` names the
    /// permission.
    Forbidden,
    /// The thing does not exist, or the caller may not read it.
    NotFound,
    /// The document, a variable or an input is invalid. `extensions.field` is the path within the
    /// input, or names the parameter, header or part of the request that is invalid;
    /// `extensions.fields` lists the invalid inputs where there are several, at most 100, and
    /// `extensions.limit` has their number where there are more.
    BadUserInput,
    /// The request conflicts with the resource's current state. `extensions.reason` is a
    /// `ConflictReason`.
    Conflict,
    /// Too many requests: try again later.
    RateLimited,
    /// The service cannot answer right now: try again in a moment.
    Unavailable,
    /// A fault of the server.
    Internal,
    /// The document exceeds a limit. `extensions.limit` names it with its value.
    QueryTooComplex,
    /// The document is nested deeper than allowed.
    QueryTooDeep,
    /// Persisted queries are not supported: send the whole document.
    PersistedQueryNotSupported,
}

/// The reason of a conflict: `extensions.reason`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub enum ConflictReason {
    /// The organization would lose its last org_admin that can authenticate.
    LastAdmin,
    /// The last active credential of a service account that used it within 24 hours is deleted with
    /// `force` only.
    LastCredentialInUse,
    /// A credential that was used within 24 hours is deleted with `force` only.
    CredentialInUse,
    /// The credential has expired or retired, or is disabled.
    CredentialNotActive,
    /// A rotation of the credential is in progress.
    RotationInProgress,
    /// No rotation of the credential is in progress.
    NoRotation,
    /// As many of these exist as there may be.
    LimitReached,
    /// Another organization has the label.
    LabelTaken,
    /// The organization may not register the identifier.
    IdentifierNotAllowed,
    /// A scope that is granted to service accounts is removed with `force` only.
    ScopeInUse,
    /// The idempotency key was used with another input.
    IdempotencyKeyReused,
    /// The idempotency key was used by a credential that is more restricted than the caller's.
    IdempotencyKeyOfOtherCredential,
    /// What the request with this idempotency key created was deleted.
    IdempotentResultDeleted,
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::enum_value;

    use super::*;

    #[test]
    fn reasons_have_the_same_names_on_every_surface() {
        for reason in Reason::ALL {
            let name = enum_value(ConflictReason::from(*reason)).to_string();
            assert_eq!(name, reason.name());
        }
    }
}
