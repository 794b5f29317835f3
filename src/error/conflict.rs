//! Conflict reasons, equal on every surface.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The rule that a request violates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name of the reason on every surface.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

reasons! {
    /// The organization would lose its last `org_admin` with a credential that can administer it.
    LastAdmin = "LAST_ADMIN",
    /// The last active credential of its service account was used within 24 hours.
    LastCredentialInUse = "LAST_CREDENTIAL_IN_USE",
    /// The credential was used within 24 hours.
    CredentialInUse = "CREDENTIAL_IN_USE",
    /// The credential has expired or retired, or is disabled.
    CredentialNotActive = "CREDENTIAL_NOT_ACTIVE",
    /// A rotation of the credential is in progress.
    RotationInProgress = "ROTATION_IN_PROGRESS",
    /// No rotation of the credential is in progress.
    NoRotation = "NO_ROTATION",
    /// The maximum number of these exists already.
    LimitReached = "LIMIT_REACHED",
    /// Another organization has the label.
    LabelTaken = "LABEL_TAKEN",
    /// The organization has a role with the label.
    RoleLabelTaken = "ROLE_LABEL_TAKEN",
    /// The role is a built-in one.
    BuiltInRole = "BUILT_IN_ROLE",
    /// Service accounts hold the role.
    RoleInUse = "ROLE_IN_USE",
    /// Another service account of the organization has the external id.
    ExternalIdTaken = "EXTERNAL_ID_TAKEN",
    /// The service account has another external id, which never changes.
    ExternalIdSet = "EXTERNAL_ID_SET",
    /// The organization may not register the identifier.
    IdentifierNotAllowed = "IDENTIFIER_NOT_ALLOWED",
    /// The scope is granted to service accounts.
    ScopeInUse = "SCOPE_IN_USE",
    /// The idempotency key was used with a different request.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
    /// The idempotency key was used by a credential that is more restricted than the caller's.
    IdempotencyKeyOfOtherCredential = "IDEMPOTENCY_KEY_OF_OTHER_CREDENTIAL",
    /// The resource that was created with this idempotency key was deleted.
    IdempotentResultDeleted = "IDEMPOTENT_RESULT_DELETED",
}
