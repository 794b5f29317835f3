//! What is found under another thing is found under its own.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_credential_is_found_under_its_own_account_only() {
    let world = World::new().await;
    let (a, b) = (world.account(&[]).await, world.account(&[]).await);
    let query = "query($a: ID!, $c: ID!) { node(id: $a) { ... on ServiceAccount { credential(id: $c) { id } } } }";
    let admin = world.admin().await;
    admin.graphql(query, json!({ "a": a.id, "c": a.credential })).await.data("/node/credential/id");
    admin.graphql(query, json!({ "a": a.id, "c": b.credential })).await.is_refused("NOT_FOUND");
}
