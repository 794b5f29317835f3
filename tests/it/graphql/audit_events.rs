//! The audit trail: who did what to which thing, with which credential, from where.

use serde_json::{Value, json};

use crate::support::{Caller, World};

const MOMENT: chrono::TimeDelta = chrono::TimeDelta::milliseconds(1);

const EVENTS: &str = r#"
    {
      viewer {
        organization {
          auditEvents(last: 1) {
            nodes {
              id action actorKind actorId actorName credentialId clientAddress
              targetKind targetId targetName
              changes { field oldValue newValue }
              detail requestId
              actor { id }
              target { id }
            }
            permissions { auditEvents { list } }
          }
        }
      }
    }
"#;

/// The last event; events of one instant have no order, so each test goes on a moment before.
async fn last(caller: &Caller) -> Value {
    let events = caller.graphql(EVENTS, json!({})).await;
    events.data("/viewer/organization/auditEvents/nodes/0")
}

#[tokio::test]
async fn an_event_has_actor_credential_client_address_target_and_changes() {
    let world = World::new().await;
    let (admin, first) = (world.admin().await, world.admin_account());
    let account = world.account(&[]).await;
    world.clock.advance(MOMENT);
    let update = r#"
        mutation($id: ID!) {
          updateServiceAccount(input: { id: $id, name: "New", description: "What for" }) {
            clientMutationId
          }
        }
    "#;
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
async fn events_name_deleted_targets_and_contain_no_secret() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    world.clock.advance(MOMENT);
    let made = admin
        .mutate_selecting(
            "createCredential",
            json!({ "serviceAccountId": account.id, "name": "Key" }),
            "clientSecret credential { id clientId }",
        )
        .await
        .data("/createCredential");
    let created = last(&admin).await;
    let client_id = made["credential"]["clientId"].clone();
    let named = json!({ "field": "client_id", "oldValue": null, "newValue": client_id });
    assert!(created["changes"].as_array().is_some_and(|changes| changes.contains(&named)));
    world.clock.advance(MOMENT);
    admin.mutate("deleteCredential", json!({ "id": made["credential"]["id"] })).await.data("");
    let deleted = last(&admin).await;
    assert_eq!((&deleted["targetName"], &deleted["target"]), (&json!("Key"), &Value::Null));
    let all = r#"
        {
          viewer {
            organization {
              auditEvents(last: 100) {
                nodes { detail targetName changes { oldValue newValue } }
              }
            }
          }
        }
    "#;
    let all = admin.graphql(all, json!({})).await;
    all.data("");
    let secret = made["clientSecret"].as_str().expect("a secret");
    assert!(!all.text.contains(secret) && !all.text.contains("argon2"), "{}", all.text);
}

#[tokio::test]
async fn an_account_that_deletes_itself_is_named_as_the_actor() {
    let world = World::new().await;
    let account = world.account(&[postern::authz::Role::Admin]).await;
    world.clock.advance(MOMENT);
    world
        .sign_in(&account)
        .await
        .mutate("deleteServiceAccount", json!({ "id": account.id }))
        .await
        .data("");
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

async fn events(admin: &Caller) -> Vec<(String, String, Value)> {
    let query = r#"
        {
          organization(id: "acme") {
            auditEvents(last: 100) {
              nodes { action targetId detail actorId requestId }
            }
          }
        }
    "#;
    let nodes = admin.graphql(query, json!({})).await.data("/organization/auditEvents/nodes");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    nodes
        .as_array()
        .expect("events")
        .iter()
        .map(|it| (text(&it["action"]), text(&it["targetId"]), it["detail"].clone()))
        .collect()
}

#[tokio::test]
async fn the_lifecycle_of_a_service_account_is_audited_without_secrets() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = events(&admin).await.len();
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let create = r#"
        mutation {
          createServiceAccount(input: { organizationId: "acme", name: " CI ", description: "builds", roles: ["org_viewer"], clientMutationId: "m1" }) {
            clientMutationId
            serviceAccount {
              id name description createdAt updatedAt
              roles { label }
            }
          }
        }
    "#;
    let made = admin.graphql(create, json!({})).await.data("/createServiceAccount");
    assert_eq!(made["clientMutationId"], "m1");
    assert_eq!(made["serviceAccount"]["name"], "CI");
    let id = made["serviceAccount"]["id"].as_str().expect("an id").to_owned();
    assert!(id.len() == 26 && id.starts_with('s'));

    let mint = r#"
        mutation($id: ID!) {
          createCredential(input: { serviceAccountId: $id, name: "one" }) {
            credential { id clientId lastUsedAt serviceAccount { id } }
            clientSecret
          }
        }
    "#;
    let minted = admin.graphql(mint, json!({ "id": id })).await.data("/createCredential");
    let credential = minted["credential"]["id"].as_str().expect("an id").to_owned();
    let secret = minted["clientSecret"].as_str().expect("a secret").to_owned();
    assert_eq!(minted["credential"]["clientId"].as_str().map(str::len), Some(21));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", minted["credential"]["clientId"].as_str().expect("an id")),
        ("client_secret", &secret),
    ];
    assert_eq!(world.anonymous().ask_token(&form).await.status, 200);

    let updated = admin
        .mutate_selecting(
            "updateServiceAccount",
            json!({ "id": id, "description": null }),
            "serviceAccount { name description }",
        )
        .await
        .data("/updateServiceAccount/serviceAccount");
    assert_eq!(updated, json!({ "name": "CI", "description": null }));
    let update = r#"
        mutation($id: ID!) {
          updateCredential(input: { id: $id, name: "two" }) {
            credential { name }
          }
        }
    "#;
    admin.graphql(update, json!({ "id": credential })).await.data("/updateCredential");
    let delete = "mutation($id: ID!) { deleteServiceAccount(input: { id: $id }) { deletedId } }";
    admin.graphql(delete, json!({ "id": id })).await.data("/deleteServiceAccount");
    world.anonymous().ask_token(&form).await.is_oauth_error(401, "invalid_client");

    let told = events(&admin).await.split_off(before);
    let event =
        |action: &str, target: &str, detail: Value| (action.to_owned(), target.to_owned(), detail);
    let expected = [
        event("service_account.create", &id, Value::Null),
        event("role.grant", &id, json!("org_viewer")),
        event("credential.create", &credential, Value::Null),
        event("service_account.update", &id, Value::Null),
        event("credential.update", &credential, Value::Null),
        event("service_account.delete", &id, Value::Null),
    ];
    // Events of one instant come in the order of their ids.
    for event in &expected {
        assert!(told.contains(event), "{event:?} is missing in {told:?}");
    }
    assert_eq!(told.len(), expected.len());
    assert!(!format!("{told:?}").contains(&secret));
}

#[tokio::test]
async fn an_update_without_changes_and_a_rejected_one_leave_no_audit_event() {
    let world = World::new().await;
    let admin = world.admin().await;
    let id = world.admin_account().id;
    let before = events(&admin).await.len();
    admin
        .mutate_selecting("updateServiceAccount", json!({ "id": id }), "serviceAccount { name }")
        .await
        .data("/updateServiceAccount");
    for name in [json!(null), json!("")] {
        let input = json!({ "id": id, "name": name, "description": "new" });
        admin
            .mutate_selecting("updateServiceAccount", input, "serviceAccount { name }")
            .await
            .is_graphql_error("BAD_USER_INPUT");
    }
    assert_eq!(events(&admin).await.len(), before);
    let query = r#"
        query($id: ID!) {
          node(id: $id) { ... on ServiceAccount { name description } }
        }
    "#;
    let row = admin.graphql(query, json!({ "id": id })).await.data("/node");
    assert_eq!(row, json!({ "name": "Administrator", "description": null }));
}
