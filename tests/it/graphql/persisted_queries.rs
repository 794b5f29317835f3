//! Queries that are named by a hash, as Apollo's clients and urql send them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, World};

fn extensions() -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } })
}

#[tokio::test]
async fn a_persisted_query_hash_without_a_document_gets_not_supported() {
    let world = World::new().await;
    let viewer = world.viewer().await;
    for accept in ["application/json", "application/graphql-response+json"] {
        let post = viewer
            .request(Method::POST, "/graphql")
            .json(&json!({ "extensions": extensions(), "operationName": "Me" }));
        let get = viewer
            .request(Method::GET, "/graphql")
            .query(&[("extensions", extensions().to_string()), ("variables", "{}".to_owned())]);
        for request in [post, get] {
            let reply = Reply::of(request.header("accept", accept)).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
            let code = json!({ "code": "PERSISTED_QUERY_NOT_SUPPORTED" });
            let error = json!({ "message": "PersistedQueryNotSupported", "extensions": code });
            assert_eq!(reply.json(), json!({ "errors": [error] }));
        }
    }
}

#[tokio::test]
async fn a_persisted_query_hash_with_its_document_is_executed() {
    let world = World::new().await;
    let query = "{ viewer { organization { label } } }";
    let body = json!({ "query": query, "extensions": extensions() });
    let reply = world.viewer().await.post("/graphql", &body).await;
    assert_eq!(reply.data("/viewer/organization/label"), "acme");
}
