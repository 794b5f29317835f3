//! Field selection: fragments, merged fields, directives, `__typename`.

use postern::authz::Role;
use serde_json::{Value, json};

use super::input_coercion::request_error;
use crate::support::{Reply, World};

const PLAIN: &str = r#"
    {
      organization(id: "acme") {
        serviceAccounts {
          nodes {
            id name
            roles { label }
            credentials { nodes { id clientId } }
            permissions { serviceAccounts { read update } }
          }
        }
      }
    }
"#;

/// The same selection, spelt in other ways.
const SAME: [&str; 3] = [
    r#"
        { organization(id: "acme") { serviceAccounts { nodes { ...A ...B } } } }
        fragment A on ServiceAccount {
          id name
          roles { label }
          credentials { nodes { ...C } }
        }
        fragment B on ServiceAccount { permissions { serviceAccounts { ...D } } }
        fragment C on Credential { id ... on Node { id } clientId }
        fragment D on ServiceAccountActions { read update }
    "#,
    r#"
        {
          organization(id: "acme") {
            serviceAccounts {
              nodes {
                id name
                roles { label }
                credentials { nodes { id } }
                credentials { nodes { clientId } }
                permissions { serviceAccounts { read } }
                permissions { serviceAccounts { update } }
              }
            }
          }
        }
    "#,
    r#"
        {
          organization(id: "acme") {
            serviceAccounts {
              nodes {
                id
                name @include(if: true)
                roles { label }
                credentials { nodes { id clientId name @skip(if: true) } }
                permissions { serviceAccounts { read update delete @include(if: false) } }
              }
            }
          }
        }
    "#,
];

#[tokio::test]
async fn fragments_repetitions_and_directives_select_the_same_as_plain_fields() {
    let world = World::new().await;
    for role in [Role::Viewer, Role::Member] {
        world.account(&[role]).await;
    }
    let admin = world.admin().await;
    let nodes = "/organization/serviceAccounts/nodes";
    let plain = admin.graphql(PLAIN, json!({})).await.data(nodes);
    assert_eq!(plain.as_array().map(Vec::len), Some(3));
    for query in SAME {
        assert_eq!(admin.graphql(query, json!({})).await.data(nodes), plain, "{query}");
    }
    let named = PLAIN.replace(" id ", " __typename who: id ");
    let named = admin.graphql(&named, json!({})).await.data(nodes);
    let first = |pointer| named[0].pointer(pointer).cloned().unwrap_or(Value::Null);
    assert_eq!(first("/__typename"), "ServiceAccount");
    assert_eq!(first("/credentials/nodes/0/__typename"), "Credential");
    assert_eq!(first("/who"), plain[0]["id"]);
}

#[tokio::test]
async fn merged_mutation_fields_execute_once() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let query = r#"
        mutation($input: CreateCredentialInput!) {
          createCredential(input: $input) { clientSecret }
          createCredential(input: $input) {
            credential {
              serviceAccount { credentials { totalCount } }
            }
          }
        }
    "#;
    let input = json!({ "serviceAccountId": account.id, "name": "Once" });
    let made = admin.graphql(query, json!({ "input": input })).await.data("/createCredential");
    assert!(made["clientSecret"].is_string());
    assert_eq!(made["credential"]["serviceAccount"]["credentials"]["totalCount"], 2);
}

#[tokio::test]
async fn variable_defaults_apply_to_include_and_skip() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, there) in [
        ("query($b: Boolean! = true) { viewer { scopes tokenExpiresAt @include(if: $b) } }", true),
        ("query($b: Boolean = true) { viewer { scopes tokenExpiresAt @skip(if: $b) } }", false),
    ] {
        let viewer = admin.graphql(query, json!({})).await.data("/viewer");
        assert_eq!(viewer.get("tokenExpiresAt").is_some(), there, "{query}");
    }
}

#[tokio::test]
async fn directives_on_typename_are_validated_and_use_variables() {
    let world = World::new().await;
    let anonymous = world.anonymous();
    anonymous
        .graphql("{ __typename @nonsense }", json!({}))
        .await
        .is_graphql_error("BAD_USER_INPUT");
    let query = "query($b: Boolean!) { other: __typename __typename @include(if: $b) }";
    let data = |it: Reply| it.data("");
    let with = data(anonymous.graphql(query, json!({ "b": true })).await);
    assert_eq!(with, json!({ "other": "Query", "__typename": "Query" }));
    let without = data(anonymous.graphql(query, json!({ "b": false })).await);
    assert_eq!(without, json!({ "other": "Query" }));
    anonymous.graphql(query, json!({})).await.is_graphql_error("BAD_USER_INPUT");
}

#[tokio::test]
async fn typename_has_neither_arguments_nor_fields() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (query, field) in [
        ("{ __typename(x: $undefined) { nonsense } }", "x"),
        ("{ __typename(x: 1) }", "x"),
        ("{ __typename { nonsense } }", "query"),
        ("{ viewer { roles { name: __typename { label } } } }", "query"),
        ("{ viewer { ...F } } fragment F on Viewer { __typename(x: 1) @include(if: true) }", "x"),
    ] {
        let error = request_error(&admin, query, json!({})).await;
        assert_eq!(error["extensions"]["field"], field, "{query}");
    }
}
