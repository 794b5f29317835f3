//! GraphQL: every field that takes an id.

use postern::authz::Role;
use serde_json::json;

use crate::support::{Account, World};

/// Every field and mutation of the schema that takes an id.
const FIELDS: &[(&str, &str)] = &[
    ("Query.node", "query($s: ID!) { x: node(id: $s) { id } }"),
    ("Query.node", "query($c: ID!) { x: node(id: $c) { id } }"),
    ("Query.node", "query($o: ID!) { x: node(id: $o) { id } }"),
    ("Query.node", "query($p: ID!) { x: node(id: $p) { id } }"),
    ("Query.nodes", "query($s: ID!, $c: ID!, $o: ID!) { x: nodes(ids: [$s, $c, $o]) { id } }"),
    ("Query.organization", "query($o: ID!) { x: organization(id: $o) { id } }"),
    ("Query.organization", "query($l: ID!) { x: organization(id: $l) { id } }"),
    (
        "Organization.serviceAccount",
        "query($s: ID!) { organization(id: \"globex\") { x: serviceAccount(id: $s) { id } } }",
    ),
    (
        "ServiceAccount.credential",
        "query($c: ID!) { viewer { principal { ... on ServiceAccount { x: credential(id: $c) { id } } } } }",
    ),
    (
        "Mutation.updateOrganization",
        "mutation($o: ID!) { x: updateOrganization(input: { id: $o, name: \"x\" }) { clientMutationId } }",
    ),
    (
        "Mutation.createServiceAccount",
        "mutation($o: ID!) { x: createServiceAccount(input: { organizationId: $o, name: \"x\" }) { clientMutationId } }",
    ),
    (
        "Mutation.updateServiceAccount",
        "mutation($s: ID!) { x: updateServiceAccount(input: { id: $s, name: \"x\" }) { clientMutationId } }",
    ),
    (
        "Mutation.disableServiceAccount",
        "mutation($s: ID!) { x: disableServiceAccount(input: { id: $s }) { clientMutationId } }",
    ),
    (
        "Mutation.enableServiceAccount",
        "mutation($s: ID!) { x: enableServiceAccount(input: { id: $s }) { clientMutationId } }",
    ),
    (
        "Mutation.disableCredential",
        "mutation($c: ID!) { x: disableCredential(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.enableCredential",
        "mutation($c: ID!) { x: enableCredential(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.startCredentialRotation",
        "mutation($c: ID!) { x: startCredentialRotation(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.finishCredentialRotation",
        "mutation($c: ID!) { x: finishCredentialRotation(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.cancelCredentialRotation",
        "mutation($c: ID!) { x: cancelCredentialRotation(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.revokeServiceAccountTokens",
        "mutation($s: ID!) { x: revokeServiceAccountTokens(input: { id: $s }) { clientMutationId } }",
    ),
    (
        "Mutation.revokeCredentialTokens",
        "mutation($c: ID!) { x: revokeCredentialTokens(input: { id: $c }) { clientMutationId } }",
    ),
    (
        "Mutation.deleteServiceAccount",
        "mutation($s: ID!) { x: deleteServiceAccount(input: { id: $s }) { deletedId } }",
    ),
    (
        "Mutation.createCredential",
        "mutation($s: ID!) { x: createCredential(input: { serviceAccountId: $s, name: \"x\" }) { clientSecret } }",
    ),
    (
        "Mutation.updateCredential",
        "mutation($c: ID!) { x: updateCredential(input: { id: $c, name: \"x\" }) { clientMutationId } }",
    ),
    (
        "Mutation.deleteCredential",
        "mutation($c: ID!) { x: deleteCredential(input: { id: $c }) { deletedId } }",
    ),
    (
        "Mutation.grantRole",
        "mutation($s: ID!) { x: grantRole(input: { serviceAccountId: $s, role: \"org_viewer\" }) { clientMutationId } }",
    ),
    (
        "Mutation.revokeRole",
        "mutation($s: ID!) { x: revokeRole(input: { serviceAccountId: $s, role: \"org_viewer\" }) { clientMutationId } }",
    ),
    (
        "Mutation.createApi",
        "mutation($o: ID!) { x: createApi(input: { organizationId: $o, identifier: \"https://x.test\", name: \"x\", scopes: [\"x\"] }) { clientMutationId } }",
    ),
    (
        "Mutation.updateApi",
        "mutation($p: ID!) { x: updateApi(input: { id: $p, name: \"x\", scopes: [\"x\"] }) { clientMutationId } }",
    ),
    ("Mutation.deleteApi", "mutation($p: ID!) { x: deleteApi(input: { id: $p }) { deletedId } }"),
    (
        "Mutation.grantApiScopes",
        "mutation($s: ID!, $p: ID!) { x: grantApiScopes(input: { serviceAccountId: $s, apiId: $p, scopes: [\"read\"] }) { clientMutationId } }",
    ),
    (
        "Mutation.revokeApiScopes",
        "mutation($s: ID!, $p: ID!) { x: revokeApiScopes(input: { serviceAccountId: $s, apiId: $p }) { clientMutationId } }",
    ),
];

/// Somebody else's service account with an API, by the ids of all that is theirs.
struct Victim {
    account: Account,
    api: String,
}

impl Victim {
    async fn of(world: &World) -> Self {
        let query = "mutation { createApi(input: { organizationId: \"acme\", identifier: \"https://api.test\", name: \"Tried\", scopes: [\"read\"] }) { api { id } } }";
        let made = world.admin().await.graphql(query, json!({})).await.data("/createApi/api/id");
        let api = made.as_str().expect("an id").to_owned();
        Self { account: world.account(&[]).await, api }
    }
}

fn variables(world: &World, victim: &Victim) -> serde_json::Value {
    let Victim { account, api } = victim;
    let organization = &world.first.organization.id;
    json!({ "s": account.id, "c": account.credential, "o": organization, "l": "acme", "p": api })
}

async fn is_unharmed(world: &World, victim: &Victim) {
    let query = "query($s: ID!) { node(id: $s) { ... on ServiceAccount { name disabledAt roles { label } apiGrants { scopes } credentials { totalCount nodes { name disabledAt expiresAt notBefore restrictions { tokenLifetime } rotation { state } } } organization { name apis { name scopes } } } } }";
    let admin = world.admin().await;
    let node = admin.graphql(query, json!({ "s": victim.account.id })).await.data("/node");
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
        },
    });
    assert_eq!(node, expected);
}

#[tokio::test]
async fn a_caller_without_a_token_is_told_nothing() {
    let world = World::new().await;
    let victim = Victim::of(&world).await;
    for (field, document) in FIELDS {
        let reply = world.anonymous().graphql(document, variables(&world, &victim)).await;
        assert_eq!((reply.status, reply.json().get("data")), (401, None), "{field}");
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_stranger_learns_no_more_than_of_what_is_not_there() {
    let world = World::new().await;
    let (stranger, victim) = (world.stranger().await, Victim::of(&world).await);
    let nowhere = json!({
        "s": "s0000000000000000000000000",
        "c": "c0000000000000000000000000",
        "o": "o0000000000000000000000000",
        "l": "nowhere",
        "p": "p0000000000000000000000000",
    });
    for (field, document) in FIELDS {
        let answer = stranger.graphql(document, variables(&world, &victim)).await;
        let nothing = stranger.graphql(document, nowhere.clone()).await;
        assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{field}");
        assert!(answer.errors().iter().all(|(_, code)| code == "NOT_FOUND"), "{}", answer.text);
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let world = World::new().await;
    let (account, victim) = (world.account(&[Role::Viewer]).await, Victim::of(&world).await);
    let viewer = world.sign_in(&account).await;
    for (field, document) in FIELDS {
        let document = document.replace("globex", "acme");
        let mut variables = variables(&world, &victim);
        if *field == "ServiceAccount.credential" {
            variables["c"] = json!(account.credential);
        }
        let reply = viewer.graphql(&document, variables).await;
        if field.starts_with("Mutation.") {
            reply.is_refused("FORBIDDEN");
        } else {
            let data = reply.data("");
            assert!(!data.to_string().contains("null"), "{field}: {data}");
        }
    }
    is_unharmed(&world, &victim).await;
}

#[tokio::test]
async fn every_field_that_takes_an_id_is_in_the_list() {
    let world = World::new().await;
    let query = "{ __schema { types { name fields { name args { name } } } } }";
    let schema = world.admin().await.graphql(query, json!({})).await.data("/__schema/types");
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
                assert!(FIELDS.iter().any(|(tried, _)| *tried == field), "{field} is not tried");
                found += 1;
            }
        }
    }
    let mut tried: Vec<_> = FIELDS.iter().map(|(field, _)| field).collect();
    tried.dedup();
    assert_eq!(found, tried.len(), "what is tried is there");
}
