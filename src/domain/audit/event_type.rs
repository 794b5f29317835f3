//! Types of audit events: the closed catalogue of recorded actions.

macro_rules! event_types {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal on $target:literal,)*) => {
        /// The type of an audit event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventType {
            $($(#[doc = $doc])+ $name,)*
        }

        impl EventType {
            /// Every type, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its action: `<noun>.<verb>`.
            #[must_use]
            pub const fn action(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The usual kind of its target, in snake case.
            #[must_use]
            pub const fn target_kind(self) -> &'static str {
                match self { $(Self::$name => $target,)* }
            }

            /// Its description in the published texts.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_start(),)* }
            }
        }
    };
}

event_types! {
    /// The operator or the first start of the server created the organization.
    OrganizationCreate = "organization.create" on "organization",
    /// The name or the label of the organization changed.
    OrganizationUpdate = "organization.update" on "organization",
    /// The operator allowed the organization to register API identifiers under a prefix.
    OrganizationAllowIdentifier = "organization.allow_identifier" on "organization",
    /// The operator withdrew an identifier prefix from the organization.
    OrganizationDisallowIdentifier = "organization.disallow_identifier" on "organization",
    /// A service account was created.
    ServiceAccountCreate = "service_account.create" on "service_account",
    /// The name, the description or the external ID of a service account changed.
    ServiceAccountUpdate = "service_account.update" on "service_account",
    /// A service account was deleted with its credentials.
    ServiceAccountDelete = "service_account.delete" on "service_account",
    /// A service account was disabled.
    ServiceAccountDisable = "service_account.disable" on "service_account",
    /// A service account was enabled again.
    ServiceAccountEnable = "service_account.enable" on "service_account",
    /// All access tokens of a service account were revoked.
    ServiceAccountRevokeTokens = "service_account.revoke_tokens" on "service_account",
    /// A credential was created.
    CredentialCreate = "credential.create" on "credential",
    /// The name, the description, the expiry or the restrictions of a credential changed.
    CredentialUpdate = "credential.update" on "credential",
    /// A credential was deleted.
    CredentialDelete = "credential.delete" on "credential",
    /// A credential was disabled.
    CredentialDisable = "credential.disable" on "credential",
    /// A credential was enabled again.
    CredentialEnable = "credential.enable" on "credential",
    /// All access tokens of a credential were revoked.
    CredentialRevokeTokens = "credential.revoke_tokens" on "credential",
    /// A rotation began: a credential has a successor.
    CredentialRotate = "credential.rotate" on "credential",
    /// A rotation was finished: a credential retired before its time.
    CredentialRetire = "credential.retire" on "credential",
    /// A rotation was cancelled: the successor of a credential was deleted.
    CredentialCancelRotation = "credential.cancel_rotation" on "credential",
    /// A rotation continues with another successor, because one in between was deleted.
    CredentialContinueRotation = "credential.continue_rotation" on "credential",
    /// A valid secret was rejected, because its credential does not allow the client address.
    CredentialRefuse = "credential.refuse" on "credential",
    /// A role was granted to a service account.
    RoleGrant = "role.grant" on "service_account",
    /// A role was revoked from a service account.
    RoleRevoke = "role.revoke" on "service_account",
    /// A role of the organization was created.
    RoleCreate = "role.create" on "role",
    /// The name, the description or the permissions of a role changed.
    RoleUpdate = "role.update" on "role",
    /// A role of the organization was deleted.
    RoleDelete = "role.delete" on "role",
    /// An API was registered.
    ApiCreate = "api.create" on "api",
    /// The name or the scopes of an API changed.
    ApiUpdate = "api.update" on "api",
    /// An API was deleted with the grants of its scopes.
    ApiDelete = "api.delete" on "api",
    /// A scope of an API was granted to a service account.
    ApiScopeGrant = "api_scope.grant" on "service_account",
    /// A scope of an API was revoked from a service account.
    ApiScopeRevoke = "api_scope.revoke" on "service_account",
    /// An access token was revoked by its client.
    TokenRevoke = "token.revoke" on "token",
    /// A client or an access token was not authenticated.
    AuthenticationFail = "authentication.fail" on "credential",
}

impl EventType {
    /// The type with this action; `None` for a type of a newer version.
    #[must_use]
    pub fn of_action(action: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.action() == action)
    }

    /// Its name as an enum value, such as `SERVICE_ACCOUNT_CREATE`.
    #[must_use]
    pub fn name(self) -> String {
        self.action().replace('.', "_").to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_a_noun_and_a_verb_that_fit_their_column() {
        for event in EventType::ALL {
            let action = event.action();
            assert!(action.len() <= 63 && action.matches('.').count() == 1, "{action}");
            assert_eq!(EventType::of_action(action), Some(*event));
            assert!(event.target_kind().len() <= 31, "{action}");
        }
        assert_eq!(EventType::ServiceAccountRevokeTokens.name(), "SERVICE_ACCOUNT_REVOKE_TOKENS");
        assert_eq!(EventType::of_action("service_account.paint"), None);
    }
}
