//! Who may ask at all, and what they learn of themselves.

use postern::authz::Role;
use serde_json::json;

use crate::support::{VIEWER, World};

#[tokio::test]
async fn anonymous_callers_can_introspect_the_schema_and_nothing_else() {
    let world = World::new().await;
    let anonymous = world.anonymous();
    assert_eq!(anonymous.graphql("{ __typename }", json!({})).await.data("/__typename"), "Query");
    let schema = "{ __schema { queryType { name } } }";
    anonymous.graphql(schema, json!({})).await.data("/__schema");
    for query in [VIEWER, r#"{ __typename node(id: "x") { id } }"#] {
        let reply = anonymous.graphql(query, json!({})).await;
        reply.is_graphql_error("UNAUTHENTICATED");
        assert_eq!(reply.status, 401);
        assert_eq!(reply.header("www-authenticate"), Some(r#"Bearer realm="postern""#));
    }
    let closed = World::with(&[("INTROSPECTION", "false")]).await;
    closed.anonymous().graphql(schema, json!({})).await.is_graphql_error("UNAUTHENTICATED");
    closed.viewer().await.graphql(schema, json!({})).await.data("/__schema");
}

#[tokio::test]
async fn the_viewer_is_the_calling_account() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer]).await;
    let query = r#"
        {
          viewer {
            principal { __typename ... on ServiceAccount { id } }
            organization { label }
            roles { label permissions }
            scopes tokenExpiresAt
          }
        }
    "#;
    let reply = world.sign_in(&account).await.graphql(query, json!({})).await;
    assert_eq!(reply.data("/viewer/principal/id"), json!(account.id));
    assert_eq!(reply.data("/viewer/organization/label"), "acme");
    assert_eq!(reply.data("/viewer/roles/0/label"), "org_viewer");
    assert_eq!(reply.data("/viewer/scopes"), json!(null));
}

#[tokio::test]
async fn an_account_without_a_role_reads_itself_and_its_organization() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let caller = world.sign_in(&account).await;
    let own =
        caller.graphql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": account.id }));
    assert_eq!(own.await.data("/node/id"), json!(account.id));
    let query = r#"
        query($a: ID!) {
          node(id: $a) { id }
          organizations { nodes { id } totalCount }
        }
    "#;
    let reply = caller.graphql(query, json!({ "a": world.admin_account().id })).await;
    assert_eq!(reply.data("/node"), json!(null));
    let own = json!({ "id": world.first.organization.id });
    assert_eq!(reply.data("/organizations"), json!({ "nodes": [own], "totalCount": 1 }));
    let reply = caller
        .graphql(
            r#"{ organization(id: "acme") { id serviceAccounts { totalCount } apis { id } } }"#,
            json!({}),
        )
        .await;
    assert_eq!(reply.json()["data"]["organization"]["id"], own["id"], "its own organization");
    let mut errors = reply.errors();
    errors.sort();
    let denied = |field: &str| (format!("organization.{field}"), "FORBIDDEN".to_owned());
    assert_eq!(errors, [denied("apis"), denied("serviceAccounts")]);
    let query = r#"
        query($id: ID!) {
          node(id: $id) {
            ... on ServiceAccount {
              name
              roles { label }
              credentials { totalCount }
            }
          }
        }
    "#;
    let reply = caller.graphql(query, json!({ "id": account.id })).await;
    let denied = |field: &str| (format!("node.{field}"), "FORBIDDEN".to_owned());
    let mut errors = reply.errors();
    errors.sort();
    assert_eq!(errors, [denied("credentials"), denied("roles")]);
    assert_eq!(reply.json()["data"]["node"]["name"], "Tried");
}
