//! The audit trail: who did what to which thing, with which credential, from where.

use serde_json::{Value, json};

use crate::support::{Caller, World};

const MOMENT: chrono::TimeDelta = chrono::TimeDelta::milliseconds(1);

const EVENTS: &str = "{ viewer { organization { auditEvents(last: 1) { nodes {
  id action actorKind actorId actorName credentialId clientAddress targetKind targetId targetName
  changes { field oldValue newValue } detail requestId
  actor { id } target { id }
} permissions { auditEvents { list } } } } } }";

/// The last event; events of one instant have no order, so each test goes on a moment before.
async fn last(caller: &Caller) -> Value {
    let events = caller.graphql(EVENTS, json!({})).await;
    events.data("/viewer/organization/auditEvents/nodes/0")
}

#[tokio::test]
async fn an_event_names_actor_credential_address_target_and_what_changed() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let account = world.account(&[]).await;
    world.clock.advance(MOMENT);
    let update = "mutation($id: ID!) { updateServiceAccount(input: { id: $id, name: \"New\", description: \"What for\" }) { clientMutationId } }";
    admin.graphql(update, json!({ "id": account.id })).await.data("");
    let mut event = last(&admin).await;
    let id = event["id"].take();
    assert!(event["requestId"].take().is_string());
    let expected = json!({
        "id": null, "requestId": null, "detail": null,
        "action": "service_account.update",
        "actorKind": "SERVICE_ACCOUNT", "actorId": first.id, "actorName": "Administrator",
        "credentialId": first.credential, "clientAddress": "127.0.0.1",
        "targetKind": "service_account", "targetId": account.id, "targetName": "New",
        "changes": [
            { "field": "name", "oldValue": "Tried", "newValue": "New" },
            { "field": "description", "oldValue": null, "newValue": "What for" },
        ],
        "actor": { "id": first.id }, "target": { "id": account.id },
    });
    assert_eq!(event, expected);
    let query = "query($id: ID!) { node(id: $id) { ... on AuditEvent { action } } }";
    let found = admin.graphql(query, json!({ "id": id })).await;
    assert_eq!(found.data("/node/action"), "service_account.update");
    let hidden = world.member().await.graphql(query, json!({ "id": id })).await;
    assert_eq!(hidden.data("/node"), Value::Null);
}

#[tokio::test]
async fn what_was_deleted_is_still_named_and_no_secret_is_ever_told() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    world.clock.advance(MOMENT);
    let create = "mutation($id: ID!) { createCredential(input: { serviceAccountId: $id, name: \"Key\" }) { clientSecret credential { id clientId } } }";
    let made = admin.graphql(create, json!({ "id": account.id })).await.data("/createCredential");
    let created = last(&admin).await;
    let client_id = made["credential"]["clientId"].clone();
    let named = json!({ "field": "client_id", "oldValue": null, "newValue": client_id });
    assert!(created["changes"].as_array().is_some_and(|changes| changes.contains(&named)));
    world.clock.advance(MOMENT);
    let delete = "mutation($id: ID!) { deleteCredential(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": made["credential"]["id"] })).await.data("");
    let deleted = last(&admin).await;
    assert_eq!((&deleted["targetName"], &deleted["target"]), (&json!("Key"), &Value::Null));
    let all = "{ viewer { organization { auditEvents(last: 100) { nodes { detail targetName changes { oldValue newValue } } } } } }";
    let all = admin.graphql(all, json!({})).await;
    all.data("");
    let secret = made["clientSecret"].as_str().expect("a secret");
    assert!(!all.text.contains(secret) && !all.text.contains("argon2"), "{}", all.text);
}

#[tokio::test]
async fn who_deletes_its_own_account_is_named_for_it() {
    let world = World::new().await;
    let account = world.account(&[postern::authz::Role::Admin]).await;
    world.clock.advance(MOMENT);
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    world.sign_in(&account).await.graphql(delete, json!({ "id": account.id })).await.data("");
    let event = last(&world.admin().await).await;
    assert_eq!((&event["actorName"], &event["actor"]), (&json!("Tried"), &Value::Null));
    let lost = |field, value| json!({ "field": field, "oldValue": value, "newValue": null });
    let expected = [
        lost("name", "Tried"),
        lost("roles", "org_admin"),
        lost("credentials", &account.credential),
    ];
    assert_eq!(event["changes"], json!(expected));
}
