//! Documents for every argument that names an object.

use crate::support::Document::{self, Mutation, Query};
use crate::support::input_type;

/// What names an object, and how: an argument of a field, or a field of a filter.
pub const FIELDS: &[(&str, &str)] = &[
    ("Query.node(id)", "query($account: ID!) { x: node(id: $account) { id } }"),
    ("Query.node(id)", "query($credential: ID!) { x: node(id: $credential) { id } }"),
    ("Query.node(id)", "query($client: ID!) { x: node(id: $client) { id } }"),
    ("Query.node(id)", "query($organization: ID!) { x: node(id: $organization) { id } }"),
    ("Query.node(id)", "query($api: ID!) { x: node(id: $api) { id } }"),
    (
        "Query.nodes(ids)",
        "query($account: ID!, $credential: ID!, $organization: ID!) { x: nodes(ids: [$account, $credential, $organization]) { id } }",
    ),
    (
        "Query.organization(id)",
        "query($organization: ID!) { x: organization(id: $organization) { id } }",
    ),
    ("Query.organization(id)", "query($label: ID!) { x: organization(id: $label) { id } }"),
    (
        "Query.credential(clientId)",
        "query($client: String!) { x: credential(clientId: $client) { id } }",
    ),
    (
        "Organization.serviceAccount(id)",
        r#"query($account: ID!) { organization(id: "globex") { x: serviceAccount(id: $account) { id } } }"#,
    ),
    (
        "Organization.serviceAccount(externalId)",
        r#"query($external: String!) { organization(id: "globex") { x: serviceAccount(externalId: $external) { id } } }"#,
    ),
    (
        "ServiceAccount.credential(id)",
        r#"
            query($credential: ID!) {
              viewer {
                principal {
                  ... on ServiceAccount { x: credential(id: $credential) { id } }
                }
              }
            }
        "#,
    ),
    (
        "ServiceAccount.mayGrant(role)",
        "query($granted: String!) { viewer { principal { ... on ServiceAccount { x: mayGrant(role: $granted) } } } }",
    ),
    (
        "ServiceAccountFilter.clientId",
        r#"query($client: String!) { organization(id: "globex") { serviceAccounts(filter: { clientId: $client }) { nodes { id } } } }"#,
    ),
    (
        "ServiceAccountFilter.externalId",
        r#"query($external: String!) { organization(id: "globex") { serviceAccounts(filter: { externalId: $external }) { nodes { id } } } }"#,
    ),
    (
        "ServiceAccountFilter.role",
        r#"query($roleLabel: String!) { organization(id: "globex") { serviceAccounts(filter: { role: $roleLabel }) { nodes { id } } } }"#,
    ),
    (
        "ApiScopeFilter.apiId",
        r#"query($api: ID!) { organization(id: "globex") { serviceAccounts(filter: { apiScope: { apiId: $api } }) { nodes { id } } } }"#,
    ),
    (
        "CredentialFilter.clientId",
        r#"query($client: String!) { organization(id: "globex") { credentials(filter: { clientId: $client }) { nodes { id } } } }"#,
    ),
    (
        "CredentialFilter.serviceAccountId",
        r#"query($account: ID!) { organization(id: "globex") { credentials(filter: { serviceAccountId: $account }) { nodes { id } } } }"#,
    ),
    (
        "AuditEventFilter.actorId",
        r#"query($account: String!) { organization(id: "globex") { auditEvents(filter: { actorId: $account }) { nodes { id } } } }"#,
    ),
    (
        "AuditEventFilter.credentialId",
        r#"query($credential: String!) { organization(id: "globex") { auditEvents(filter: { credentialId: $credential }) { nodes { id } } } }"#,
    ),
    (
        "AuditEventFilter.targetId",
        r#"query($account: String!) { organization(id: "globex") { auditEvents(filter: { targetId: $account }) { nodes { id } } } }"#,
    ),
    (
        "Subscription.auditEventAdded(organizationId)",
        "subscription($organization: ID!) { auditEventAdded(organizationId: $organization) { cursor } }",
    ),
    (
        "Subscription.credentialUsed(credentialId)",
        "subscription($credential: ID!) { credentialUsed(credentialId: $credential) { tokenCount } }",
    ),
];

/// Those that a viewer may not read: roles, and audit events.
pub const DENIED_TO_VIEWERS: &[&str] = &[
    "ServiceAccount.mayGrant(role)",
    "ServiceAccountFilter.role",
    "ApiScopeFilter.apiId",
    "AuditEventFilter.actorId",
    "AuditEventFilter.credentialId",
    "AuditEventFilter.targetId",
    "Subscription.auditEventAdded(organizationId)",
];

/// What looks as if it named an object, and why no document tries it.
pub const EXCEPTIONS: &[(&str, &str)] = &[
    ("AuditEventFilter.requestId", "names a request, which any client may give the same ID"),
    ("CreateServiceAccountInput.externalId", "names the service account that is created"),
    ("UpdateServiceAccountInput.externalId", "becomes a name of the service account"),
];

/// Every mutation.
pub const MUTATIONS: &[&str] = &[
    r#"updateOrganization(input: { id: $organization, name: "x" })"#,
    r#"createServiceAccount(input: { organizationId: $organization, name: "x" })"#,
    r#"updateServiceAccount(input: { id: $account, name: "x" })"#,
    "disableServiceAccount(input: { id: $account })",
    "enableServiceAccount(input: { id: $account })",
    "disableServiceAccounts(input: { organizationId: $organization, ids: [$account] })",
    "enableServiceAccounts(input: { organizationId: $organization, ids: [$account] })",
    "disableCredentials(input: { organizationId: $organization, ids: [$credential] })",
    "enableCredentials(input: { organizationId: $organization, ids: [$credential] })",
    "disableCredential(input: { id: $credential })",
    "enableCredential(input: { id: $credential })",
    "startCredentialRotation(input: { id: $credential })",
    "finishCredentialRotation(input: { id: $credential })",
    "cancelCredentialRotation(input: { id: $credential })",
    "revokeServiceAccountTokens(input: { id: $account })",
    "revokeCredentialTokens(input: { id: $credential })",
    "deleteServiceAccount(input: { id: $account })",
    r#"createCredential(input: { serviceAccountId: $account, name: "x" })"#,
    r#"updateCredential(input: { id: $credential, name: "x" })"#,
    "deleteCredential(input: { id: $credential })",
    r#"grantRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
    r#"revokeRole(input: { serviceAccountId: $account, role: "org_viewer" })"#,
    r#"createRole(input: { organizationId: $organization, label: "x", name: "x", permissions: ["roles:list"] })"#,
    r#"updateRole(input: { id: $role, name: "x" })"#,
    "deleteRole(input: { id: $role })",
    r#"createApi(input: { organizationId: $organization, identifier: "https://x.test", name: "x", scopes: ["x"] })"#,
    r#"updateApi(input: { id: $api, name: "x", scopes: ["x"] })"#,
    "deleteApi(input: { id: $api })",
    r#"grantApiScopes(input: { serviceAccountId: $account, apiId: $api, scopes: ["read"] })"#,
    "revokeApiScopes(input: { serviceAccountId: $account, apiId: $api })",
    r#"createServiceAccount(input: { organizationId: "globex", name: "x", roles: [$granted] })"#,
    "grantRole(input: { serviceAccountId: $own, role: $granted })",
    r#"grantRole(input: { serviceAccountId: $own, role: "org_viewer", onServiceAccountId: $account })"#,
    "revokeRole(input: { serviceAccountId: $own, role: $granted })",
    r#"revokeRole(input: { serviceAccountId: $own, role: "org_viewer", onServiceAccountId: $account })"#,
];

/// A document, by its mutation or by what names an object in it.
pub struct Tried {
    pub name: String,
    pub text: String,
}

impl Tried {
    pub fn is_mutation(&self) -> bool {
        self.name.starts_with("Mutation.")
    }

    pub fn is_subscription(&self) -> bool {
        self.name.starts_with("Subscription.")
    }
}

/// All documents.
pub fn documents() -> Vec<Tried> {
    let fields = FIELDS.iter().map(|(name, text)| ((*name).to_owned(), Query(text)));
    let mutations =
        MUTATIONS.iter().map(|call| (format!("Mutation.{}", mutation(call)), Mutation(call)));
    let tried = |(name, document): (_, Document)| Tried { name, text: document.text() };
    fields.chain(mutations).map(tried).collect()
}

/// The mutation of a call.
pub fn mutation(call: &str) -> &str {
    call.split('(').next().expect("a name")
}

/// The fields of the input of a call, such as `GrantRoleInput.role`.
pub fn inputs(call: &str) -> impl Iterator<Item = String> {
    let input = input_type(mutation(call));
    let names = call.split_whitespace().filter_map(|word| word.strip_suffix(':'));
    names.map(move |name| format!("{input}.{name}"))
}
