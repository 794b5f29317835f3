//! GraphQL: every field that takes an id.

use postern::authz::Role;
use serde_json::json;

use crate::support::{Account, World, mutation_call};

/// Every field that takes an id.
const FIELDS: &[(&str, &str)] = &[
    ("Query.node", "query($account: ID!) { x: node(id: $account) { id } }"),
    ("Query.node", "query($credential: ID!) { x: node(id: $credential) { id } }"),
    ("Query.node", "query($organization: ID!) { x: node(id: $organization) { id } }"),
    ("Query.node", "query($api: ID!) { x: node(id: $api) { id } }"),
    (
        "Query.nodes",
        "query($account: ID!, $credential: ID!, $organization: ID!) { x: nodes(ids: [$account, $credential, $organization]) { id } }",
    ),
    (
        "Query.organization",
        "query($organization: ID!) { x: organization(id: $organization) { id } }",
    ),
    ("Query.organization", "query($label: ID!) { x: organization(id: $label) { id } }"),
    (
        "Organization.serviceAccount",
        r#"query($account: ID!) { organization(id: "globex") { x: serviceAccount(id: $account) { id } } }"#,
    ),
    (
        "ServiceAccount.credential",
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
];

/// Every mutation.
const MUTATIONS: &[&str] = &[
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
];

/// Every field and mutation by its name in the schema, with its document.
fn documents() -> Vec<(String, String)> {
    let fields = FIELDS.iter().map(|(name, document)| ((*name).to_owned(), (*document).to_owned()));
    let mutations = MUTATIONS.iter().map(|call| {
        let name = call.split('(').next().expect("a name");
        (format!("Mutation.{name}"), mutation_call(call))
    });
    fields.chain(mutations).collect()
}

/// Somebody else's service account with an API, by the ids of all that is theirs.
struct Victim {
    account: Account,
    api: String,
    role: String,
}

impl Victim {
    async fn of(world: &World) -> Self {
        let made = world.admin().await.mutate_selecting("createApi", json!({ "organizationId": "acme", "identifier": "https://api.test", "name": "Tried", "scopes": ["read"] }), "api { id }").await.data("/createApi/api/id");
        let api = made.as_str().expect("an id").to_owned();
        let role = json!({ "organizationId": "acme", "label": "tried", "name": "Tried", "permissions": ["roles:list"] });
        let role = world
            .admin()
            .await
            .mutate_selecting("createRole", role, "role { id }")
            .await
            .data("/createRole/role/id");
        let role = role.as_str().expect("an id").to_owned();
        Self { account: world.account(&[]).await, api, role }
    }
}

fn variables(world: &World, victim: &Victim) -> serde_json::Value {
    let Victim { account, api, role } = victim;
    let organization = &world.first.organization.id;
    json!({ "account": account.id, "credential": account.credential, "organization": organization, "label": "acme", "api": api, "role": role })
}

async fn is_unharmed(world: &World, victim: &Victim) {
    let query = r#"
        query($account: ID!) {
          node(id: $account) {
            ... on ServiceAccount {
              name disabledAt
              roles { label }
              apiGrants { scopes }
              credentials {
                totalCount
                nodes {
                  name disabledAt expiresAt notBefore
                  restrictions { tokenLifetime }
                  rotation { state }
                }
              }
              organization { name apis { name scopes } roles { label name } }
            }
          }
        }
    "#;
    let admin = world.admin().await;
    let node = admin.graphql(query, json!({ "account": victim.account.id })).await.data("/node");
    let expected = json!({
        "name": "Tried",
        "disabledAt": null,
        "roles": [],
        "apiGrants": [],
        "credentials": {
            "totalCount": 1,
            "nodes": [{ "name": "Tried", "disabledAt": null, "expiresAt": null, "notBefore": null, "restrictions": null, "rotation": null }],
        },
        "organization": {
            "name": world.first.organization.name,
            "apis": [{ "name": "Tried", "scopes": ["read"] }],
            "roles": [
                { "label": "org_admin", "name": "Organization admin" },
                { "label": "org_member", "name": "Organization member" },
                { "label": "org_viewer", "name": "Organization viewer" },
                { "label": "tried", "name": "Tried" },
            ],
        },
    });
    assert_eq!(node, expected);
}

#[tokio::test]
async fn a_caller_without_a_token_is_unauthenticated_everywhere() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    for (field, document) in documents() {
        let reply = world.anonymous().graphql(&document, variables(&world, &victim)).await;
        assert_eq!((reply.status, reply.json().get("data")), (401, None), "{field}");
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn another_tenant_gets_the_response_for_a_missing_resource() {
    let world = World::new().await;
    let (stranger, victim) = (world.stranger().await, Victim::of(&world).await);
    let nowhere = json!({
        "account": "s0000000000000000000000000",
        "credential": "c0000000000000000000000000",
        "organization": "o0000000000000000000000000",
        "label": "nowhere",
        "api": "p0000000000000000000000000",
        "role": "r0000000000000000000000000",
    });
    for (field, document) in documents() {
        let answer = stranger.graphql(&document, variables(&world, &victim)).await;
        let nothing = stranger.graphql(&document, nowhere.clone()).await;
        assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{field}");
        assert!(answer.errors().iter().all(|(_, code)| code == "NOT_FOUND"), "{}", answer.text);
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_viewer_can_read_and_cannot_write() {
    let world = World::new().await;
    let (account, victim) = (world.account(&[Role::Viewer]).await, Victim::of(&world).await);
    let viewer = world.sign_in(&account).await;
    for (field, document) in documents() {
        let document = document.replace("globex", "acme");
        let mut variables = variables(&world, &victim);
        if field == "ServiceAccount.credential" {
            variables["credential"] = json!(account.credential);
        }
        let reply = viewer.graphql(&document, variables).await;
        if field.starts_with("Mutation.") {
            reply.is_graphql_error("FORBIDDEN");
        } else {
            let data = reply.data("");
            assert!(!data.to_string().contains("null"), "{field}: {data}");
        }
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn every_field_that_takes_an_id_is_covered() {
    let world = World::new().await;
    let query = "{ __schema { types { name fields { name args { name } } } } }";
    let schema = world.admin().await.graphql(query, json!({})).await.data("/__schema/types");
    let mut covered: Vec<_> = documents().into_iter().map(|(field, _)| field).collect();
    covered.dedup();
    let mut found = 0;
    for kind in schema.as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        for field in kind["fields"].as_array().into_iter().flatten() {
            let arguments = field["args"].as_array().expect("arguments");
            let takes = |it: &serde_json::Value| {
                matches!(it["name"].as_str(), Some("id" | "ids" | "input"))
            };
            if !name.starts_with("__") && arguments.iter().any(takes) {
                let field = format!("{name}.{}", field["name"].as_str().expect("a name"));
                assert!(covered.contains(&field), "{field} is not tried");
                found += 1;
            }
        }
    }
    assert_eq!(found, covered.len(), "a field of the list is not in the schema");
}
