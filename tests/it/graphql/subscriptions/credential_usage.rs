//! `credentialUsed`.

use std::sync::atomic::{AtomicI64, Ordering};

use postern::authz::Role;
use serde_json::json;

use super::USAGE;
use crate::support::{Socket, World};

#[tokio::test]
async fn usage_on_another_replica_is_reported() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = world.account(&[Role::Viewer]).await;
    let (_replica, base) = world.replica().await;
    let mut socket = Socket::of(&admin.at(&base)).await;
    let variables = json!({ "credential": account.credential });
    let issued = AtomicI64::new(0);
    let issue = async || {
        world.sign_in(&account).await;
        issued.fetch_add(1, Ordering::SeqCst);
    };
    let message = socket.first(USAGE, variables, issue).await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("1")), "{message}");
    let event = &message["payload"]["data"]["credentialUsed"];
    let count = event["tokenCount"].as_i64().expect("a count");
    assert!((1..=issued.into_inner()).contains(&count), "{event}");
    assert_eq!(event["credential"], json!({ "id": account.credential, "tokenCount": count }));
    assert!(event["lastUsedAt"].is_string());
}

#[tokio::test]
async fn a_credential_that_is_deleted_ends_the_subscription() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = world.account(&[]).await;
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("1", USAGE, json!({ "credential": account.credential })).await;
    admin.mutate("deleteCredential", json!({ "id": account.credential })).await.data("");
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "NOT_FOUND");
}
