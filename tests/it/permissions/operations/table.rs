//! The operations, by the permission that they ask for.

use super::{On, Operation, operation, operation_of_rest};
use crate::support::Document::{Mutation, Query};

/// The permissions of the role `org_viewer`, which are granted with it.
const VIEWER: &[&str] = &[
    "organizations:read",
    "service_accounts:list",
    "service_accounts:read",
    "service_account_credentials:list",
    "service_account_credentials:read",
    "apis:list",
    "apis:read",
];

/// In an order in which each still finds what it is done to, for a caller who may do all.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "read the organization",
        "organizations:read",
        Query(r#"{ organization(id: "acme") { id createdAt } }"#),
        ("GET", "^", ""),
    )
    .on(On::Organization),
    operation(
        "rename the organization",
        "organizations:update",
        Mutation(r#"updateOrganization(input: { id: "acme", name: "Acme" })"#),
        ("PATCH", "^", r#"{"name":"Acme"}"#),
    )
    .on(On::Organization),
    operation(
        "list the accounts",
        "service_accounts:list",
        Query(r#"{ organization(id: "acme") { serviceAccounts(first: 1) { pageInfo { hasNextPage } } } }"#),
        ("GET", "^/service-accounts?limit=1", ""),
    )
    .on(On::Organization),
    operation(
        "count the accounts",
        "service_accounts:list",
        Query(r#"{ organization(id: "acme") { serviceAccountCounts { total } } }"#),
        ("GET", "^/service-account-counts", ""),
    )
    .on(On::Organization),
    operation(
        "create an account",
        "service_accounts:create",
        Mutation(r#"createServiceAccount(input: { organizationId: "acme", name: "New" })"#),
        ("POST", "^/service-accounts", r#"{"name":"New"}"#),
    )
    .on(On::Organization),
    operation(
        "list the roles",
        "roles:list",
        Query(r#"{ organization(id: "acme") { roles { label } } }"#),
        ("GET", "^/roles", ""),
    )
    .on(On::Organization),
    operation(
        "create a role",
        "roles:create",
        Mutation(r#"createRole(input: { organizationId: "acme", label: "UNIQUE", name: "New", permissions: ["roles:create"] })"#),
        ("POST", "^/roles", r#"{"label":"UNIQUE","name":"New","permissions":["roles:create"]}"#),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "rename a role",
        "roles:update",
        Mutation(r#"updateRole(input: { id: $role, name: "Renamed" })"#),
        ("PATCH", "^/roles/ROLE", r#"{"name":"Renamed"}"#),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "delete a role",
        "roles:delete",
        Mutation("deleteRole(input: { id: $role })"),
        ("DELETE", "^/roles/ROLE", ""),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "list the APIs",
        "apis:list",
        Query(r#"{ organization(id: "acme") { apis { id } } }"#),
        ("GET", "^/apis", ""),
    )
    .on(On::Organization),
    operation(
        "register an API",
        "apis:create",
        Mutation(r#"createApi(input: { organizationId: "acme", identifier: "https://UNIQUE.test", name: "New", scopes: ["read"] })"#),
        ("POST", "^/apis", r#"{"identifier":"https://UNIQUE.test","name":"New","scopes":["read"]}"#),
    )
    .on(On::Organization),
    operation(
        "read an API",
        "apis:read",
        Query("query($api: ID!) { node(id: $api) { ... on Api { name } } }"),
        ("GET", "^/apis/API", ""),
    )
    .on(On::Organization),
    operation(
        "rename an API",
        "apis:update",
        Mutation(r#"updateApi(input: { id: $api, name: "Renamed" })"#),
        ("PATCH", "^/apis/API", r#"{"name":"Renamed"}"#),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "delete an API",
        "apis:delete",
        Mutation("deleteApi(input: { id: $api })"),
        ("DELETE", "^/apis/API", ""),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "grant it scopes of an API",
        "apis:grant",
        Mutation(r#"grantApiScopes(input: { serviceAccountId: $account, apiId: $api, scopes: ["read"] })"#),
        ("PUT", "/api-grants/API", r#"{"scopes":["read"]}"#),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "revoke scopes of an API from it",
        "apis:grant",
        Mutation("revokeApiScopes(input: { serviceAccountId: $account, apiId: $api })"),
        ("DELETE", "/api-grants/API", ""),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "list the audit events",
        "audit_events:list",
        Query(r#"{ organization(id: "acme") { auditEvents(first: 1) { pageInfo { hasNextPage } } } }"#),
        ("GET", "^/audit-events?limit=1", ""),
    )
    .on(On::Organization),
    operation_of_rest(
        "export the audit events",
        "audit_events:export",
        ("GET", "^/audit-events", "NDJSON"),
    )
    .on(On::Organization),
    operation(
        "read the account",
        "service_accounts:read",
        Query("query($account: ID!) { viewer { organization { serviceAccount(id: $account) { id } } } }"),
        ("GET", "", ""),
    ),
    operation(
        "list its credentials",
        "service_account_credentials:list",
        Query(r#"
            query($account: ID!) {
              viewer {
                organization {
                  serviceAccount(id: $account) { credentials { totalCount } }
                }
              }
            }
        "#),
        ("GET", "/credentials", ""),
    )
    .on(On::Credential),
    operation(
        "list the credentials of the organization",
        "service_account_credentials:list",
        Query(r#"{ organization(id: "acme") { credentials(first: 1) { pageInfo { hasNextPage } } } }"#),
        ("GET", "^/credentials?limit=1", ""),
    )
    .on(On::Organization),
    operation(
        "count the credentials of the organization",
        "service_account_credentials:list",
        Query(r#"{ organization(id: "acme") { credentialCounts { total } } }"#),
        ("GET", "^/credential-counts", ""),
    )
    .on(On::Organization),
    operation(
        "read the credential",
        "service_account_credentials:read",
        Query(r#"
            query($account: ID!, $credential: ID!) {
              viewer {
                organization {
                  serviceAccount(id: $account) { credential(id: $credential) { id } }
                }
              }
            }
        "#),
        ("GET", "/credentials/C", ""),
    )
    .on(On::Credential)
    .may_be_refused(),
    operation(
        "read the usage of the credential",
        "service_account_credentials:read",
        Query("query($credential: ID!) { node(id: $credential) { ... on Credential { usage { date } } } }"),
        ("GET", "/credentials/C/usage", ""),
    )
    .on(On::Credential),
    operation(
        "rename the account",
        "service_accounts:update",
        Mutation(r#"updateServiceAccount(input: { id: $account, name: "Renamed" })"#),
        ("PATCH", "", r#"{"name":"Renamed"}"#),
    ),
    operation(
        "change nothing of the account",
        "service_accounts:update",
        Mutation("updateServiceAccount(input: { id: $account })"),
        ("PATCH", "", "{}"),
    ),
    operation(
        "grant it a role",
        "roles:grant",
        Mutation(r#"grantRole(input: { serviceAccountId: $account, role: "org_viewer" })"#),
        ("PUT", "/roles/org_viewer", ""),
    )
    .on(On::Organization)
    .may_be_refused()
    .besides(VIEWER),
    operation(
        "revoke a role from it",
        "roles:grant",
        Mutation(r#"revokeRole(input: { serviceAccountId: $account, role: "org_viewer" })"#),
        ("DELETE", "/roles/org_viewer", ""),
    )
    .on(On::Organization)
    .may_be_refused(),
    operation(
        "create a credential with bounds",
        "service_account_credentials:create",
        Mutation("createCredential(input: $restricted)"),
        ("POST", "/credentials", "RESTRICTED"),
    ),
    operation(
        "create a credential without bounds",
        "service_account_credentials:create",
        Mutation(r#"createCredential(input: { serviceAccountId: $account, name: "Tried" })"#),
        ("POST", "/credentials", r#"{"name":"Tried"}"#),
    )
    .may_be_refused(),
    operation(
        "rename the credential",
        "service_account_credentials:update",
        Mutation(r#"updateCredential(input: { id: $credential, name: "Renamed" })"#),
        ("PATCH", "/credentials/C", r#"{"name":"Renamed"}"#),
    )
    .on(On::Credential),
    operation(
        "shorten the lifetime of its tokens",
        "service_account_credentials:update",
        Mutation("updateCredential(input: { id: $credential, restrictions: { tokenLifetime: 3600 } })"),
        ("PATCH", "/credentials/C", r#"{"restrictions":{"token_lifetime":3600}}"#),
    )
    .on(On::Credential),
    operation(
        "start a rotation of the credential",
        "service_account_credentials:update",
        Mutation("startCredentialRotation(input: { id: $credential })"),
        ("POST", "/credentials/C/rotation", ""),
    )
    .on(On::Credential)
    .may_be_refused(),
    operation(
        "cancel that rotation",
        "service_account_credentials:update",
        Mutation("cancelCredentialRotation(input: { id: $credential })"),
        ("POST", "/credentials/C/rotation/cancel", ""),
    )
    .on(On::Credential)
    .may_be_refused(),
    operation(
        "start another rotation of it",
        "service_account_credentials:update",
        Mutation("startCredentialRotation(input: { id: $credential })"),
        ("POST", "/credentials/C/rotation", ""),
    )
    .on(On::Credential)
    .may_be_refused(),
    operation(
        "revoke the tokens of the credential",
        "service_account_credentials:update",
        Mutation("revokeCredentialTokens(input: { id: $credential })"),
        ("POST", "/credentials/C/revoke-tokens", ""),
    )
    .on(On::Credential)
    .ends_itself(),
    operation(
        "disable the credential",
        "service_account_credentials:update",
        Mutation("disableCredential(input: { id: $credential })"),
        ("POST", "/credentials/C/disable", ""),
    )
    .on(On::Credential)
    .ends_itself(),
    operation(
        "enable the credential",
        "service_account_credentials:update",
        Mutation("enableCredential(input: { id: $credential })"),
        ("POST", "/credentials/C/enable", ""),
    )
    .on(On::Credential),
    operation(
        "disable the credential among several",
        "service_account_credentials:update",
        Mutation(r#"disableCredentials(input: { organizationId: "acme", ids: [$credential] }) { results { error { code } } }"#),
        ("POST", "^/credentials/disable", r#"{"ids":["CREDENTIAL"]}"#),
    )
    .on(On::Credential)
    .ends_itself()
    .besides(&["service_account_credentials:read"]),
    operation(
        "enable the credential among several",
        "service_account_credentials:update",
        Mutation(r#"enableCredentials(input: { organizationId: "acme", ids: [$credential] }) { results { error { code } } }"#),
        ("POST", "^/credentials/enable", r#"{"ids":["CREDENTIAL"]}"#),
    )
    .on(On::Credential)
    .besides(&["service_account_credentials:read"]),
    operation(
        "retire the credential",
        "service_account_credentials:update",
        Mutation("finishCredentialRotation(input: { id: $credential })"),
        ("POST", "/credentials/C/rotation/finish", ""),
    )
    .on(On::Credential)
    .ends_itself(),
    operation(
        "delete the credential",
        "service_account_credentials:delete",
        Mutation("deleteCredential(input: { id: $credential, force: true })"),
        ("DELETE", "/credentials/C", ""),
    )
    .on(On::Credential)
    .ends_itself(),
    operation(
        "revoke the tokens of the account",
        "service_accounts:update",
        Mutation("revokeServiceAccountTokens(input: { id: $account })"),
        ("POST", "/revoke-tokens", ""),
    )
    .ends_itself(),
    operation(
        "disable the account",
        "service_accounts:update",
        Mutation("disableServiceAccount(input: { id: $account })"),
        ("POST", "/disable", ""),
    )
    .ends_itself(),
    operation(
        "enable the account",
        "service_accounts:update",
        Mutation("enableServiceAccount(input: { id: $account })"),
        ("POST", "/enable", ""),
    )
    .may_be_refused(),
    operation(
        "disable the account among several",
        "service_accounts:update",
        Mutation(r#"disableServiceAccounts(input: { organizationId: "acme", ids: [$account] }) { results { error { code } } }"#),
        ("POST", "^/service-accounts/disable", r#"{"ids":["ACCOUNT"]}"#),
    )
    .ends_itself()
    .besides(&["service_accounts:read"]),
    operation(
        "enable the account among several",
        "service_accounts:update",
        Mutation(r#"enableServiceAccounts(input: { organizationId: "acme", ids: [$account] }) { results { error { code } } }"#),
        ("POST", "^/service-accounts/enable", r#"{"ids":["ACCOUNT"]}"#),
    )
    .may_be_refused()
    .besides(&["service_accounts:read"]),
    operation(
        "delete the account",
        "service_accounts:delete",
        Mutation("deleteServiceAccount(input: { id: $account })"),
        ("DELETE", "", ""),
    )
    .ends_itself(),
];
