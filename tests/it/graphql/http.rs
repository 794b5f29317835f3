//! GraphQL over HTTP: methods, media types, body sizes.

use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, World};

#[tokio::test]
async fn large_bodies_other_media_types_and_batches_are_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    let post = |content_type: &'static str, body: Vec<u8>| {
        let request = admin.request(Method::POST, "/graphql").header("content-type", content_type);
        Reply::of(request.body(body))
    };
    for size in [65_537, 10 * 1024 * 1024] {
        assert_eq!(post("application/json", vec![b' '; size]).await.status, 413);
    }
    let query = br#"{"query":"{ __typename }"}"#.to_vec();
    for other in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]
    {
        assert_eq!(post(other, query.clone()).await.status, 415, "{other}");
    }
    for wrong in ["[{\"query\":\"{ __typename }\"}]", "{", "{}", "\"x\"", "{\"query\":1}"] {
        let reply = post("application/json", wrong.into()).await;
        assert_eq!(reply.status, 400, "{wrong}");
        reply.is_graphql_error("BAD_USER_INPUT");
    }
    assert_eq!(post("application/json", b"{\"query\":\"\xff\"}".to_vec()).await.status, 400);
}

#[tokio::test]
async fn mutations_are_not_executed_over_get() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mutation = r#"
        mutation {
          createServiceAccount(input: { organizationId: "acme", name: "x" }) {
            clientMutationId
          }
        }
    "#;
    let request = admin.request(Method::GET, "/graphql").query(&[("query", mutation)]);
    let reply = Reply::of(request).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    let query = r#"{ organization(id: "acme") { serviceAccounts { totalCount } } }"#;
    let request = admin.request(Method::GET, "/graphql").query(&[("query", query)]);
    let count = Reply::of(request).await.data("/organization/serviceAccounts/totalCount");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn every_bad_user_input_error_names_a_field() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (query, name) = ("{ viewer { scopes } }", "x".repeat(101));
    for (body, field) in [
        (json!({ "query": "{" }), "query"),
        (json!({ "query": "{ nonsense }" }), "query"),
        (json!({ "query": "{ ...F } fragment F on Query { ...F }" }), "query"),
        (json!({ "query": format!("{{ {name} }}") }), "query"),
        (json!({ "query": "subscription { x }" }), "query"),
        (json!({ "query": 5 }), "query"),
        (json!({}), "query"),
        (json!({ "query": query, "operationName": "Other" }), "operationName"),
        (json!({ "query": query, "operationName": 5 }), "operationName"),
        (json!({ "query": query, "variables": [] }), "variables"),
        (json!({ "query": query, "extensions": 1 }), "extensions"),
        (json!([{ "query": query }]), "body"),
        (json!("x"), "body"),
        (json!({ "query": "x".repeat(70_000) }), "body"),
    ] {
        names(&admin.post("/graphql", &body).await, field);
    }
}

#[track_caller]
fn names(reply: &Reply, field: &str) {
    reply.is_graphql_error("BAD_USER_INPUT");
    assert_eq!(reply.json()["errors"][0]["extensions"]["field"], field, "{}", reply.text);
}

#[tokio::test]
async fn every_malformed_request_names_the_invalid_part() {
    let world = World::with(&[("GRAPHQL_MAX_BODY_BYTES", "2048")]).await;
    let admin = world.admin().await;
    let json = async |body: &'static [u8]| {
        let request = admin.request(Method::POST, "/graphql");
        Reply::of(request.header("content-type", "application/json").body(body)).await
    };
    for body in [&b"{"[..], b"", b"{\"query\":\"\xff\"}"] {
        names(&json(body).await, "body");
    }
    let get = async |name: &str, value: &str| {
        let request = admin.request(Method::GET, "/graphql").query(&[("query", "{ __typename }")]);
        Reply::of(request.query(&[(name, value)])).await
    };
    for name in ["variables", "extensions"] {
        for malformed in ["{", "[]", "x"] {
            names(&get(name, malformed).await, name);
        }
    }
    names(&get("variables", &"x".repeat(3_000)).await, "query");
    let plain = admin.request(Method::POST, "/graphql").body("{}");
    names(&Reply::of(plain.header("content-type", "text/plain")).await, "Content-Type");
    let wrong = admin.request(Method::GET, "/graphql").header("accept", "text/html");
    names(&Reply::of(wrong).await, "Accept");
    let mutation = r#"mutation { deleteApi(input: { id: "x" }) { deletedId } }"#;
    let by_get = admin.request(Method::GET, "/graphql").query(&[("query", mutation)]);
    names(&Reply::of(by_get).await, "method");
    names(&Reply::of(admin.request(Method::PUT, "/graphql")).await, "method");
}
