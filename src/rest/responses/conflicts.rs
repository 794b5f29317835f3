//! 409 responses, by operation, with an example for each reason.

use utoipa::IntoResponses;

use crate::error::{Error, Reason};
use crate::http::openapi::{ErrorResponse, Responses};
use crate::rest::error::Failure;

/// The reason and the message of a conflict.
type Conflict = (Reason, &'static str);

const LAST_ADMIN: Conflict = (
    Reason::LastAdmin,
    "the organization must have at least one org_admin with an active credential that can administer it, for at least a day",
);

const EXTERNAL_ID_TAKEN: Conflict =
    (Reason::ExternalIdTaken, "another service account of the organization has the external id");

const CREDENTIAL_LIMIT: Conflict =
    (Reason::LimitReached, "a service account has at most 20 credentials");

const NO_ROTATION: Conflict = (Reason::NoRotation, "no rotation of the credential is in progress");

const KEY_REUSED: Conflict =
    (Reason::IdempotencyKeyReused, "the idempotency key was used with a different request");

const KEY_OF_OTHER_CREDENTIAL: Conflict = (
    Reason::IdempotencyKeyOfOtherCredential,
    "the idempotency key was used by a more restricted credential",
);

const RESULT_DELETED: Conflict = (
    Reason::IdempotentResultDeleted,
    "the resource that was created with this idempotency key was deleted",
);

macro_rules! conflicts {
    ($($(#[$doc:meta])* $name:ident: $($conflict:expr),*;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                responses(&[$($conflict),*])
            }
        }
    )*};
}

conflicts! {
    /// Operations that can affect the last `org_admin` of an organization.
    LastAdmin: LAST_ADMIN;
    /// Updates of an organization.
    LabelTaken: (Reason::LabelTaken, "another organization already uses the label");
    /// Registration of an API.
    CreateApi:
        (Reason::IdentifierNotAllowed, "the organization may not register this identifier"),
        (Reason::LimitReached, "an organization has at most 100 APIs"),
        KEY_REUSED, KEY_OF_OTHER_CREDENTIAL, RESULT_DELETED;
    /// Updates of an API.
    UpdateApi:
        (
            Reason::ScopeInUse,
            "1 service account holds scopes that this removes; set force to revoke them"
        ),
        (Reason::LimitReached, "an API has at most 100 scopes");
    /// Grants of scopes.
    GrantApiScopes:
        (Reason::LimitReached, "a service account can be granted scopes of at most 20 APIs");
    /// Creation of a role.
    CreateRole:
        (Reason::RoleLabelTaken, "the organization has a role with this label"),
        (Reason::LimitReached, "an organization has at most 100 roles of its own"),
        KEY_REUSED, KEY_OF_OTHER_CREDENTIAL, RESULT_DELETED;
    /// Updates of a role.
    UpdateRole: (Reason::BuiltInRole, "a built-in role cannot be changed");
    /// Deletion of a role.
    DeleteRole:
        (Reason::BuiltInRole, "a built-in role cannot be changed"),
        (Reason::RoleInUse, "service accounts hold the role; revoke it from them first");
    /// Grant of a role.
    GrantRole:
        (Reason::LimitReached, "a service account holds at most 50 roles"), LAST_ADMIN;
    /// Creation of a service account.
    CreateServiceAccount:
        (Reason::LimitReached, "an organization has at most 1000 service accounts"),
        EXTERNAL_ID_TAKEN,
        KEY_REUSED, KEY_OF_OTHER_CREDENTIAL, RESULT_DELETED;
    /// Updates of a service account.
    UpdateServiceAccount:
        EXTERNAL_ID_TAKEN,
        (
            Reason::ExternalIdSet,
            "the service account has another external id, which cannot be changed"
        );
    /// Creation of a credential.
    CreateCredential: CREDENTIAL_LIMIT, KEY_REUSED, KEY_OF_OTHER_CREDENTIAL, RESULT_DELETED;
    /// Start of a rotation.
    StartRotation:
        (Reason::RotationInProgress, "a rotation is in progress; finish or cancel it first"),
        (Reason::CredentialNotActive, "the credential must be active to be rotated"),
        CREDENTIAL_LIMIT, LAST_ADMIN, KEY_REUSED, KEY_OF_OTHER_CREDENTIAL, RESULT_DELETED;
    /// End of a rotation.
    FinishRotation: NO_ROTATION, LAST_ADMIN;
    /// Cancellation of a rotation.
    CancelRotation:
        NO_ROTATION, LAST_ADMIN,
        (Reason::CredentialNotActive, "the old credential has retired; the rotation cannot be cancelled"),
        (
            Reason::CredentialInUse,
            "the new credential was used within 24 hours; pass force: true to delete it"
        );
}

fn responses(conflicts: &[Conflict]) -> Responses {
    let failing = ErrorResponse {
        when: "The request conflicts with the resource's current state.",
        schema: "Error",
        header: Some(("x-should-retry", "false")),
    };
    let example = |&(reason, message): &Conflict| {
        (reason.name(), Failure::from(Error::conflict(reason, message)).example())
    };
    Responses::from([("409".to_owned(), failing.with_examples(conflicts.iter().map(example)))])
}
