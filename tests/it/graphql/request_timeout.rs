//! `GRAPHQL_MAX_SECONDS`: the time limit of a request.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn mutations_completed_before_the_request_timeout_return_their_payload() {
    let slow = [("ARGON2_MEMORY_KIB", "131072"), ("ARGON2_ITERATIONS", "6")];
    let world = World::with(&[slow[0], slow[1], ("GRAPHQL_MAX_SECONDS", "1")]).await;
    let (account, admin) = (world.account(&[]).await, world.admin().await);
    let creates =
        (0..15).map(|nth| format!("m{nth}: createCredential(input: $input) {{ clientSecret }}"));
    let query = format!(
        "mutation($input: CreateCredentialInput!) {{ {} }}",
        creates.collect::<Vec<_>>().join(" ")
    );
    let input = json!({ "serviceAccountId": account.id, "name": "x" });
    let reply = admin.graphql(&query, json!({ "input": input })).await;
    let data = reply.json()["data"].clone();
    let answered = data.as_object().expect("data").values().filter(|it| !it.is_null()).count();
    let late = reply.errors().iter().filter(|(_, code)| code == "UNAVAILABLE").count();
    assert!(answered > 0 && late > 0, "{}", reply.text);
    let count = r#"
        query($id: ID!) {
          node(id: $id) {
            ... on ServiceAccount { credentials { totalCount } }
          }
        }
    "#;
    let total = admin.graphql(count, json!({ "id": account.id })).await;
    assert_eq!(total.data("/node/credentials/totalCount"), json!(1 + answered), "each is answered");
}
