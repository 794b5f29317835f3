//! Credentials: their lifecycle and who may change them.

mod delete;
mod disable;
mod expiry;
mod public_key;
mod restriction_escalation;
mod revoke_tokens;
mod rotation;
mod rotation_under_load;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, VIEWER, World};

/// Runs a mutation of a credential and selects what decides whether it is active.
async fn change(caller: &Caller, mutation: &str, input: Value) -> Reply {
    let selection = "credential { expiresAt disabledAt disabledBy }";
    caller.mutate_selecting(mutation, input, selection).await
}

/// Creates another credential of the service account.
async fn create_another(
    caller: &Caller,
    account: &Account,
    expires_at: Option<DateTime<Utc>>,
) -> Account {
    let query = r#"
        mutation($input: CreateCredentialInput!) {
          createCredential(input: $input) {
            clientSecret
            credential { id clientId expiresAt }
          }
        }
    "#;
    let input = json!({ "serviceAccountId": account.id, "name": "More", "expiresAt": expires_at });
    let made = caller.graphql(query, json!({ "input": input })).await.data("/createCredential");
    let told: Option<DateTime<Utc>> =
        serde_json::from_value(made["credential"]["expiresAt"].clone())
            .expect("an instant or null");
    assert_eq!(told, expires_at);
    account.with_credential(&made["credential"], &made["clientSecret"])
}

async fn is_rejected(world: &World, bases: &[&String], account: &Account, signed_in: &Caller) {
    for base in bases {
        let caller = world.anonymous().at(base);
        caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(signed_in.at(base).graphql(VIEWER, json!({})).await.status, 401);
        assert_eq!(signed_in.at(base).get("/organizations").await.status, 401);
    }
}

async fn is_served(world: &World, bases: &[&String], account: &Account, signed_in: &Caller) {
    for base in bases {
        world.anonymous().at(base).ask_token(&account.form()).await.body(200);
        assert_eq!(signed_in.at(base).graphql(VIEWER, json!({})).await.status, 200);
    }
}

#[tokio::test]
async fn a_credential_is_found_only_under_its_own_account() {
    let world = World::new().await;
    let (a, b) = (world.account(&[]).await, world.account(&[]).await);
    let query = r#"
        query($a: ID!, $c: ID!) {
          node(id: $a) {
            ... on ServiceAccount { credential(id: $c) { id } }
          }
        }
    "#;
    let admin = world.admin().await;
    admin.graphql(query, json!({ "a": a.id, "c": a.credential })).await.data("/node/credential/id");
    admin
        .graphql(query, json!({ "a": a.id, "c": b.credential }))
        .await
        .is_graphql_error("NOT_FOUND");
}

#[tokio::test]
async fn a_list_selected_in_several_places_reads_the_fields_of_all() {
    let world = World::new().await;
    world.clock.advance(TimeDelta::seconds(1));
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let end = world.now() + TimeDelta::days(1);
    world.clock.advance(TimeDelta::seconds(1));
    let mortal = create_another(&admin, &account, Some(end)).await;
    world.anonymous().ask_token(&mortal.form()).await.body(200);
    let query = r#"
        query($id: ID!) {
          a: organization(id: "acme") {
            serviceAccounts(last: 1) { nodes { credentials(last: 1) { nodes { id } } } }
          }
          b: organization(id: "acme") {
            serviceAccounts(last: 1) { nodes { credentials(last: 1) { nodes { id ...usage } } } }
          }
          node(id: $id) {
            ... on ServiceAccount { credentials(last: 1) { nodes { ...usage } } }
          }
        }
        fragment usage on Credential { tokenCount expiry: expiresAt }
    "#;
    let reply = admin.graphql(query, json!({ "id": account.id })).await;
    for pointer in ["/b/serviceAccounts/nodes/0/credentials/nodes/0", "/node/credentials/nodes/0"] {
        let credential = reply.data(pointer);
        let expiry: Option<DateTime<Utc>> =
            serde_json::from_value(credential["expiry"].clone()).expect("an instant");
        assert_eq!((&credential["tokenCount"], expiry), (&json!(1), Some(end)), "{credential}");
    }
}
