//! Tenant isolation, tried on every operation: another tenant's things are as if there were none.

use serde_json::json;

use crate::support::World;

/// Every field and mutation of the schema that takes an id, with what it says to a stranger.
const OPERATIONS: &[(&str, &str)] = &[
    ("Query.node", "query($s: ID!) { x: node(id: $s) { id } }"),
    ("Query.node", "query($c: ID!) { x: node(id: $c) { id } }"),
    ("Query.node", "query($o: ID!) { x: node(id: $o) { id } }"),
    ("Query.nodes", "query($s: ID!, $c: ID!, $o: ID!) { x: nodes(ids: [$s, $c, $o]) { id } }"),
    ("Query.organization", "query($o: ID!) { x: organization(id: $o) { id } }"),
    ("Query.organization", "{ x: organization(id: \"acme\") { id } }"),
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
];

#[tokio::test]
async fn a_stranger_learns_no_more_than_of_what_is_not_there() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    let victim = world.account(&[]).await;
    let there = json!({ "s": victim.id, "c": victim.credential, "o": world.first.organization.id });
    let nowhere = json!({
        "s": "s0000000000000000000000000",
        "c": "c0000000000000000000000000",
        "o": "o0000000000000000000000000",
    });
    for (operation, document) in OPERATIONS {
        let answer = stranger.graphql(document, there.clone()).await;
        let nothing = stranger.graphql(document, nowhere.clone()).await;
        assert_eq!(answer.status, nothing.status, "{operation}");
        assert_eq!(answer.text, nothing.text, "{operation}");
        assert!(answer.errors().iter().all(|(_, code)| code == "NOT_FOUND"), "{}", answer.text);
        let anonymous = world.anonymous().graphql(document, there.clone()).await;
        assert_eq!(anonymous.status, 401, "{operation}");
    }
    let admin = world.admin().await;
    let query = "query($s: ID!) { node(id: $s) { ... on ServiceAccount { name roles { label } credentials { totalCount } } } }";
    let unharmed = admin.graphql(query, json!({ "s": victim.id })).await.data("/node");
    assert_eq!(
        unharmed,
        json!({ "name": "Tried", "roles": [], "credentials": { "totalCount": 1 } })
    );
}

#[tokio::test]
async fn every_field_that_takes_an_id_is_in_the_list() {
    let world = World::new().await;
    let query = "{ __schema { types { name fields { name args { name type { kind ofType { kind name ofType { kind ofType { name } } } } } } } } }";
    let schema = world.admin().await.graphql(query, json!({})).await.data("/__schema/types");
    for kind in schema.as_array().expect("types") {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let arguments = field["args"].as_array().expect("arguments");
            let takes = |argument: &serde_json::Value| {
                matches!(argument["name"].as_str(), Some("id" | "ids" | "input"))
            };
            if !kind["name"].as_str().is_some_and(|name| name.starts_with("__"))
                && arguments.iter().any(takes)
            {
                let name = format!("{}.{}", kind["name"], field["name"]).replace('"', "");
                assert!(
                    OPERATIONS.iter().any(|(listed, _)| *listed == name),
                    "{name} is not tried"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_credential_is_found_under_its_own_account_only() {
    let world = World::new().await;
    let (a, b) = (world.account(&[]).await, world.account(&[]).await);
    let query = "query($a: ID!, $c: ID!) { node(id: $a) { ... on ServiceAccount { credential(id: $c) { id } } } }";
    let admin = world.admin().await;
    admin.graphql(query, json!({ "a": a.id, "c": a.credential })).await.data("/node/credential/id");
    admin.graphql(query, json!({ "a": a.id, "c": b.credential })).await.is_refused("NOT_FOUND");
}
