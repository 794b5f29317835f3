//! Partial answers, codes, and nothing from inside.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_forbidden_field_is_null_with_an_error_at_its_path() {
    let world = World::new().await;
    let query = r#"
        {
          organization(id: "acme") {
            label
            auditEvents { nodes { id } }
            roles { label }
            name
          }
        }
    "#;
    let reply = world.viewer().await.graphql(query, json!({})).await;
    assert_eq!(reply.status, 200);
    let organization = reply.json()["data"]["organization"].clone();
    let expected = json!({ "label": "acme", "auditEvents": null, "roles": null, "name": "acme" });
    assert_eq!(organization, expected);
    let mut errors = reply.errors();
    errors.sort();
    let denied = |field: &str| (format!("organization.{field}"), "FORBIDDEN".to_owned());
    assert_eq!(errors, [denied("auditEvents"), denied("roles")]);
}

#[tokio::test]
async fn a_database_failure_reveals_no_internals() {
    let world = World::new().await;
    let admin = world.admin().await;
    world.app.db.clone().close().await.expect("closed");
    let reply = admin.graphql("{ organizations { totalCount } }", json!({})).await;
    assert_eq!(reply.status, 503);
    reply.is_graphql_error("UNAVAILABLE");
    for inside in ["SELECT", "credentials", "sqlx", "pool", "Pool"] {
        assert!(!reply.text.contains(inside), "{}", reply.text);
    }
}

#[tokio::test]
async fn validation_errors_have_a_code_and_quote_little_of_the_input() {
    let world = World::new().await;
    let admin = world.admin().await;
    let long = "x".repeat(10_000);
    for (query, variables) in [
        ("{ nonsense }", json!({})),
        ("{", json!({})),
        ("query($id: ID!) { node(id: $id) { id } }", json!({})),
        ("query($n: Int) { organizations(first: $n) { totalCount } }", json!({ "n": long })),
    ] {
        let reply = admin.graphql(query, variables).await;
        assert!(reply.errors().iter().all(|(_, code)| code == "BAD_USER_INPUT"), "{}", reply.text);
        assert!(!reply.errors().is_empty() && reply.text.len() < 2_000, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_field_forbidden_for_many_rows_is_one_error_with_a_count() {
    let world = World::new().await;
    for _ in 0..30 {
        world.account(&[]).await;
    }
    let scope = Some("service_accounts:list service_accounts:read organizations:read");
    let caller = world.sign_in_for(&world.admin_account(), scope).await;
    let query = r#"
        {
          organization(id: "acme") {
            serviceAccounts {
              nodes { id roles { label } credentials { totalCount } }
            }
            auditEvents { totalCount }
          }
        }
    "#;
    let reply = caller.graphql(query, json!({})).await;
    let mut errors: Vec<_> = reply
        .errors()
        .into_iter()
        .zip(reply.json()["errors"].as_array().cloned().unwrap_or_default())
        .map(|((path, code), error)| (path, code, error["extensions"]["count"].as_u64()))
        .collect();
    errors.sort();
    let denied = |path: &str, count| (path.to_owned(), "FORBIDDEN".to_owned(), count);
    assert_eq!(
        errors,
        [
            denied("organization.auditEvents", None),
            denied("organization.serviceAccounts.nodes.0.credentials", Some(31)),
            denied("organization.serviceAccounts.nodes.0.roles", Some(31)),
        ]
    );
    let nodes = &reply.json()["data"]["organization"]["serviceAccounts"]["nodes"];
    assert_eq!(nodes.as_array().map(Vec::len), Some(31));
}

#[tokio::test]
async fn errors_beyond_the_reported_maximum_are_counted() {
    let world = World::new().await;
    let unknown: String = (0..250).map(|n| format!("unknown{n} ")).collect();
    let query = format!("{{ viewer {{ {unknown} }} }}");
    let reply = world.admin().await.graphql(&query, json!({})).await;
    let errors = reply.json()["errors"].as_array().cloned().expect("errors");
    assert_eq!(errors.len(), 101);
    assert_eq!(errors[100]["message"], "150 more errors are omitted");
    let limit = json!({ "name": "errors", "maximum": 100, "reached": 250 });
    assert_eq!(errors[100]["extensions"]["limit"], limit);
}

#[tokio::test]
async fn the_path_of_an_error_below_a_payload_ends_at_the_field_that_failed() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let all = postern::authz::PermissionSet::all().names().join(" ");
    let scope = all.replace("service_accounts:read ", "");
    let caller = world.sign_in_for(&world.admin_account(), Some(&scope)).await;
    let query = r#"
        mutation($input: UpdateCredentialInput!) {
          updateCredential(input: $input) {
            clientMutationId
            credential { id owner: serviceAccount { id } }
          }
        }
    "#;
    let input = json!({ "id": account.credential, "name": "x" });
    let reply = caller.graphql(query, json!({ "input": input })).await;
    let paths: Vec<_> = reply.errors().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["updateCredential.credential.owner"], "{}", reply.text);
}
