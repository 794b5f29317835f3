//! The operations that change something, by the type of their audit event. Both surfaces look their
//! operations up here when one is rejected, so that no handler has to remember to record it.

use super::EventType;

/// Each operation by its id in the OpenAPI document: the name of the mutation, in snake case.
const OPERATIONS: &[(&str, EventType)] = &[
    ("update_organization", EventType::OrganizationUpdate),
    ("create_service_account", EventType::ServiceAccountCreate),
    ("update_service_account", EventType::ServiceAccountUpdate),
    ("delete_service_account", EventType::ServiceAccountDelete),
    ("disable_service_account", EventType::ServiceAccountDisable),
    ("enable_service_account", EventType::ServiceAccountEnable),
    ("disable_service_accounts", EventType::ServiceAccountDisable),
    ("enable_service_accounts", EventType::ServiceAccountEnable),
    ("disable_credentials", EventType::CredentialDisable),
    ("enable_credentials", EventType::CredentialEnable),
    ("revoke_service_account_tokens", EventType::ServiceAccountRevokeTokens),
    ("create_credential", EventType::CredentialCreate),
    ("update_credential", EventType::CredentialUpdate),
    ("delete_credential", EventType::CredentialDelete),
    ("disable_credential", EventType::CredentialDisable),
    ("enable_credential", EventType::CredentialEnable),
    ("revoke_credential_tokens", EventType::CredentialRevokeTokens),
    ("start_credential_rotation", EventType::CredentialRotate),
    ("finish_credential_rotation", EventType::CredentialRetire),
    ("cancel_credential_rotation", EventType::CredentialCancelRotation),
    ("create_role", EventType::RoleCreate),
    ("update_role", EventType::RoleUpdate),
    ("delete_role", EventType::RoleDelete),
    ("grant_role", EventType::RoleGrant),
    ("revoke_role", EventType::RoleRevoke),
    ("create_api", EventType::ApiCreate),
    ("update_api", EventType::ApiUpdate),
    ("delete_api", EventType::ApiDelete),
    ("grant_api_scopes", EventType::ApiScopeGrant),
    ("revoke_api_scopes", EventType::ApiScopeRevoke),
];

/// The event of an operation that changes something; `None` for one that only reads.
#[must_use]
pub fn event_of(operation: &str) -> Option<EventType> {
    OPERATIONS.iter().find(|(id, _)| *id == operation).map(|(_, event)| *event)
}
