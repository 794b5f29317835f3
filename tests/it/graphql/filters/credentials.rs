//! Filters of credentials, and the credential with a client id.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CREDENTIALS, before, filled, matches, nodes};
use crate::support::World;

#[tokio::test]
async fn credentials_are_filtered_by_each_part() {
    let (world, admin, middle) = Box::pin(filled()).await;
    let middle = postern::clock::to_rfc3339(middle);
    let soon = postern::clock::to_rfc3339(world.now() + TimeDelta::days(10));
    let by = async |filter, expected: &dyn Fn(&Value) -> bool| {
        matches(&admin, CREDENTIALS, filter, expected).await;
    };
    let text = |field: &'static str, value: &'static str| move |it: &Value| it[field] == value;
    by(json!({ "unusedSince": middle }), &|it| {
        before(it, "lastUsedAt", &middle)
            || it["lastUsedAt"].is_null() && before(it, "createdAt", &middle)
    })
    .await;
    by(json!({ "neverUsed": true }), &|it| it["lastUsedAt"].is_null()).await;
    by(json!({ "neverUsed": false }), &|it| it["lastUsedAt"].is_string()).await;
    by(json!({ "expiresBefore": soon }), &|it| before(it, "expiresAt", &soon)).await;
    by(json!({ "authMethod": "PRIVATE_KEY_JWT" }), &text("authMethod", "PRIVATE_KEY_JWT")).await;
    by(json!({ "authMethod": "CLIENT_SECRET" }), &text("authMethod", "CLIENT_SECRET")).await;
    by(json!({ "unrestricted": false }), &|it| it["restrictions"].is_object()).await;
    by(json!({ "unrestricted": true }), &|it| it["restrictions"].is_null()).await;
    by(json!({ "createdBefore": middle }), &|it| before(it, "createdAt", &middle)).await;
    by(json!({ "createdAfter": middle }), &|it| !before(it, "createdAt", &middle)).await;
    by(json!({ "status": "DISABLED" }), &|it| it["disabledAt"].is_string()).await;
    let first = world.admin_account();
    by(json!({ "clientId": first.client_id }), &|it| it["clientId"] == first.client_id).await;
    let account = first.id.as_str();
    by(json!({ "serviceAccountId": account }), &|it| it["serviceAccount"]["id"] == account).await;
    let disabled = nodes(&admin, CREDENTIALS, json!({ "status": "ACCOUNT_DISABLED" })).await;
    assert_eq!(disabled.len(), 1);
    world.clock.advance(TimeDelta::days(4));
    let admin = world.admin().await;
    let expired = nodes(&admin, CREDENTIALS, json!({ "status": "EXPIRED" })).await;
    assert_eq!(expired.iter().map(|it| &it["name"]).collect::<Vec<_>>(), ["expiring"]);
}

#[tokio::test]
async fn a_credential_is_found_by_its_client_id_in_its_own_organization_only() {
    let world = World::new().await;
    let (admin, own, other) =
        (world.admin().await, world.account(&[]).await, world.other_tenant().await);
    let query = "query($id: String!, $node: ID!) { credential(clientId: $id) { id } node(id: $node) { id } }";
    let reply = admin.graphql(query, json!({ "id": own.client_id, "node": own.client_id })).await;
    assert_eq!(reply.data("/credential/id"), own.credential.as_str());
    assert_eq!(reply.data("/node/id"), own.credential.as_str());
    for id in [other.client_id.as_str(), "0123456789ABCDEFGHIJK", "", "%"] {
        let reply = admin.graphql(query, json!({ "id": id, "node": id })).await;
        let reply = reply.json();
        assert_eq!(reply["data"], json!({ "credential": null, "node": null }), "{id}");
        assert_eq!(reply["errors"][0]["extensions"]["code"], "NOT_FOUND", "{id}");
    }
}
