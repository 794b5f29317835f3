//! 409, by operation: each has an example for every reason that it is sent for.

use utoipa::IntoResponses;

use crate::error::{Error, Reason};
use crate::http::openapi::{ErrorResponse, Responses};
use crate::rest::error::Failure;

/// A reason, and the message that comes with it.
type Conflict = (Reason, &'static str);

const LAST_ADMIN: Conflict =
    (Reason::LastAdmin, "the organization would lose its last org_admin that can authenticate");

const MOST_CREDENTIALS: Conflict =
    (Reason::LimitReached, "a service account has at most 20 credentials");

const NO_ROTATION: Conflict = (Reason::NoRotation, "no rotation of the credential is in progress");

const KEY_REUSED: Conflict =
    (Reason::IdempotencyKeyReused, "the idempotency key was used with another request");

const KEY_OF_OTHER: Conflict = (
    Reason::IdempotencyKeyOfOtherCredential,
    "the idempotency key was used by a credential that is more restricted",
);

const RESULT_DELETED: Conflict = (
    Reason::IdempotentResultDeleted,
    "what the request with this idempotency key created was deleted",
);

macro_rules! conflicts {
    ($($(#[$doc:meta])* $name:ident: $($conflict:expr),*;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                of(&[$($conflict),*])
            }
        }
    )*};
}

conflicts! {
    /// Operations that can end the last admin of an organization.
    LastAdmin: LAST_ADMIN;
    /// Updates of an organization.
    LabelTaken: (Reason::LabelTaken, "another organization has the label");
    /// Registration of an API.
    CreateApi:
        (Reason::IdentifierNotAllowed, "the organization may not register this identifier"),
        (Reason::LimitReached, "an organization has at most 100 APIs");
    /// Updates of an API.
    UpdateApi:
        (
            Reason::ScopeInUse,
            "1 service account holds scopes that this removes; set force to revoke them"
        ),
        (Reason::LimitReached, "an API has at most 100 scopes");
    /// Grants of scopes.
    GrantApiScopes:
        (Reason::LimitReached, "a service account is granted scopes of at most 20 APIs");
    /// Creation of a service account.
    CreateServiceAccount:
        (Reason::LimitReached, "an organization has at most 1000 service accounts"),
        KEY_REUSED, KEY_OF_OTHER, RESULT_DELETED;
    /// Creation of a credential.
    CreateCredential: MOST_CREDENTIALS, KEY_REUSED, KEY_OF_OTHER, RESULT_DELETED;
    /// Enabling a credential.
    EnableCredential: (
        Reason::CredentialNotActive,
        "the credential has expired or retired: enabling would change nothing"
    );
    /// Start of a rotation.
    StartRotation:
        (Reason::RotationInProgress, "a rotation is in progress: finish or cancel it first"),
        (Reason::CredentialNotActive, "only an active credential can be rotated"),
        MOST_CREDENTIALS, LAST_ADMIN, KEY_REUSED, KEY_OF_OTHER, RESULT_DELETED;
    /// End of a rotation.
    FinishRotation: NO_ROTATION, LAST_ADMIN;
    /// Cancellation of a rotation.
    CancelRotation:
        NO_ROTATION, LAST_ADMIN,
        (Reason::CredentialNotActive, "the old credential has retired"),
        (
            Reason::CredentialInUse,
            "the new credential was used within 24 hours; pass force: true to delete it"
        );
}

fn of(conflicts: &[Conflict]) -> Responses {
    let failing = ErrorResponse {
        when: "The request conflicts with the resource's current state.",
        schema: "Error",
        header: Some(("x-should-retry", "false")),
    };
    let example = |&(reason, message): &Conflict| {
        (reason.name(), Failure::from(Error::conflict(reason, message)).example())
    };
    Responses::from([("409".to_owned(), failing.with_each(conflicts.iter().map(example)))])
}
