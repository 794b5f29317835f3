//! Fields of queries.

use postern::context::OpContext;
use postern::domain::apis::{self, ApiInput};
use serde_json::{Value, json};

use super::{Trial, assert_refused, guarded, trials, world_with_roles};
use crate::support::World;

/// Every field with the directive, the permissions that lead to it, and a document with the field as `x`.
pub const FIELDS: &[(&str, &[&str], &str)] = &[
    (
        "Query.credential",
        &[],
        "query($client: String!) { x: credential(clientId: $client) { id } }",
    ),
    (
        "Organization.serviceAccounts",
        &[],
        r#"{ organization(id: "acme") { x: serviceAccounts(first: 1) { totalCount nodes { id } } } }"#,
    ),
    (
        "Organization.serviceAccountCounts",
        &[],
        r#"{ organization(id: "acme") { x: serviceAccountCounts { total } } }"#,
    ),
    (
        "Organization.serviceAccount",
        &[],
        r#"query($account: ID!) { organization(id: "acme") { x: serviceAccount(id: $account) { id } } }"#,
    ),
    (
        "Organization.credentials",
        &[],
        r#"{ organization(id: "acme") { x: credentials(first: 1) { totalCount nodes { id } } } }"#,
    ),
    (
        "Organization.credentialCounts",
        &[],
        r#"{ organization(id: "acme") { x: credentialCounts { total } } }"#,
    ),
    ("Organization.roles", &[], r#"{ organization(id: "acme") { x: roles { label } } }"#),
    ("Organization.apis", &[], r#"{ organization(id: "acme") { x: apis { id } } }"#),
    (
        "Organization.auditEvents",
        &[],
        r#"{ organization(id: "acme") { x: auditEvents(first: 1) { totalCount nodes { id } } } }"#,
    ),
    ("Organization.auditHead", &[], r#"{ organization(id: "acme") { x: auditHead { number } } }"#),
    (
        "ServiceAccount.roles",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: roles { label } } } } }"#,
    ),
    (
        "ServiceAccount.roleBindings",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: roleBindings { expiresAt } } } } }"#,
    ),
    (
        "ServiceAccount.effectivePermissions",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: effectivePermissions { permissions } } } } }"#,
    ),
    (
        "ServiceAccount.apiGrants",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: apiGrants { scopes } } } } }"#,
    ),
    (
        "ServiceAccount.mayGrant",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: mayGrant(role: "org_viewer") } } } }"#,
    ),
    (
        "ServiceAccount.credentials",
        &["service_accounts:list"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { x: credentials(first: 1) { totalCount nodes { id } } } } } }"#,
    ),
    (
        "ServiceAccount.credential",
        &["service_accounts:list"],
        r#"
            query($credential: ID!) {
              organization(id: "acme") {
                serviceAccounts(filter: { query: "Administrator" }) { nodes { x: credential(id: $credential) { id } } }
              }
            }
        "#,
    ),
    (
        "Credential.serviceAccount",
        &["service_account_credentials:read"],
        "query($client: String!) { credential(clientId: $client) { x: serviceAccount { id } } }",
    ),
    (
        "Credential.effectivePermissions",
        &["service_account_credentials:read"],
        "query($client: String!) { credential(clientId: $client) { x: effectivePermissions { permissions } } }",
    ),
    (
        "Credential.usage",
        &["service_account_credentials:list", "service_accounts:read"],
        r#"{ organization(id: "acme") { credentials(first: 1) { nodes { x: usage { date } } } } }"#,
    ),
    (
        "CredentialUsageDay.sources",
        &["service_account_credentials:read"],
        "query($client: String!) { credential(clientId: $client) { usage { x: sources { address } } } }",
    ),
    (
        "CredentialUsageDay.otherSourcesLastUsedAt",
        &["service_account_credentials:read"],
        "query($client: String!) { credential(clientId: $client) { usage { x: otherSourcesLastUsedAt } } }",
    ),
    (
        "Api.grants",
        &["apis:list"],
        r#"{ organization(id: "acme") { apis { x: grants(first: 1) { totalCount nodes { scopes } } } } }"#,
    ),
    (
        "ApiGrant.api",
        &["roles:list", "service_accounts:list", "service_accounts:read"],
        r#"{ organization(id: "acme") { serviceAccounts(filter: { query: "Administrator" }) { nodes { apiGrants { x: api { id } } } } } }"#,
    ),
    (
        "ApiGrant.serviceAccount",
        &["apis:list", "apis:read", "roles:list", "service_accounts:read"],
        r#"{ organization(id: "acme") { apis { grants(first: 1) { nodes { x: serviceAccount { id } } } } } }"#,
    ),
];

/// Names of the first account, which tokens were issued to and which is granted a scope of the only API.
async fn variables(world: &World) -> Value {
    let (op, organization) = (OpContext::operator(&world.app), &world.first.organization.id);
    let first = world.admin_account();
    world.sign_in(&first).await;
    let scopes = vec!["read".to_owned()];
    let (identifier, name) = ("https://api.test".to_owned(), "Tried".to_owned());
    let input = ApiInput { identifier, name, scopes: scopes.clone() };
    let api = apis::create(&op, organization, input, None).await.expect("an API");
    let id = first.id.parse().expect("an id");
    apis::grant(&op, organization, &id, &api.id, &scopes).await.expect("granted");
    json!({ "account": first.id, "credential": first.credential, "client": first.client_id })
}

#[tokio::test]
async fn a_field_requires_exactly_the_permissions_of_its_directives() {
    let (world, guarded) = (world_with_roles().await, guarded());
    let variables = variables(&world).await;
    for (name, besides, document) in FIELDS {
        for Trial { caller, lacking } in trials(&world, &guarded[*name], besides).await {
            let reply = caller.graphql(document, variables.clone()).await;
            let Some(lacking) = lacking else {
                assert_eq!(reply.errors(), [], "{name}");
                assert!(reply.text.contains(r#""x":"#), "{name} is not reached: {}", reply.text);
                continue;
            };
            let errors = &reply.json()["errors"];
            assert_refused(errors, &lacking, name);
            let at = errors[0]["path"].as_array().and_then(|path| path.last());
            // A permission that leads to the field is missing before it is reached.
            let is_reached = !besides.contains(&lacking.as_str());
            assert_eq!(at == Some(&json!("x")), is_reached, "{name}: {errors}");
        }
    }
}
