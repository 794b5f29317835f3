//! The enums that errors carry in their extensions. No field returns them: they are in the schema so
//! that clients know all values.

use async_graphql::Enum;

use crate::error::Reason;

/// Codes of errors, in `extensions.code`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ErrorCode {
    /// The request has no valid access token.
    Unauthenticated,
    /// The caller may read the object but lacks the permission for this action, which
    /// `extensions.permission` names.
    Forbidden,
    /// The object does not exist, or the caller may not read it.
    NotFound,
    /// The document, a variable or an input is invalid. `extensions.field` is the path of the first
    /// invalid input, or the name of the invalid parameter, header or part of the request.
    /// `extensions.fields` lists the invalid inputs if there are several, at most 100;
    /// `extensions.limit` reports their number if there are more.
    BadUserInput,
    /// The request conflicts with the resource's current state. `extensions.reason` is a
    /// `ConflictReason`.
    Conflict,
    /// The caller exceeded a rate limit; retry later.
    RateLimited,
    /// The service is temporarily unavailable, or the time limit of the operation passed; retry
    /// later.
    Unavailable,
    /// The server failed unexpectedly.
    Internal,
    /// The document or the operation exceeds a limit. `extensions.limit` has the `name` and the
    /// `maximum` of the limit and the value `reached`.
    QueryTooComplex,
    /// The document exceeds a limit on nesting, in `extensions.limit` as for `QUERY_TOO_COMPLEX`.
    QueryTooDeep,
    /// Persisted queries are not supported; send the whole document.
    PersistedQueryNotSupported,
}

/// Reasons of errors with the code `CONFLICT`, in `extensions.reason`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub enum ConflictReason {
    /// The organization would lose its last service account with the role `org_admin` and a
    /// credential that can administer it.
    LastAdmin,
    /// The credential is the last active one of its service account and was used within the last 24
    /// hours; deleting it requires `force`.
    LastCredentialInUse,
    /// The credential was used within the last 24 hours; deleting it requires `force`.
    CredentialInUse,
    /// The credential is expired, retired or disabled.
    CredentialNotActive,
    /// A rotation of the credential is in progress.
    RotationInProgress,
    /// No rotation of the credential is in progress.
    NoRotation,
    /// The maximum number of objects of this kind exists already.
    LimitReached,
    /// Another organization has the label.
    LabelTaken,
    /// The organization has a role with the label.
    RoleLabelTaken,
    /// The role is a built-in one, which cannot be changed.
    BuiltInRole,
    /// Service accounts hold the role.
    RoleInUse,
    /// Another service account of the organization has the external ID.
    ExternalIdTaken,
    /// The service account has another external ID, which never changes.
    ExternalIdSet,
    /// The operator does not allow the organization to register the identifier.
    IdentifierNotAllowed,
    /// The scope is granted to service accounts; removing it requires `force`.
    ScopeInUse,
    /// The idempotency key was used before, with a different input.
    IdempotencyKeyReused,
    /// The idempotency key was used before, by a credential that is more restricted than the
    /// caller's.
    IdempotencyKeyOfOtherCredential,
    /// The object that the first request with the idempotency key created was deleted.
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
