//! Mutations over WebSocket, which are not aborted.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::EVENTS;
use super::held::{RENAME, hold};
use crate::support::{Socket, VIEWER, World, eventually};

#[tokio::test]
async fn a_mutation_that_the_client_completes_keeps_its_place_until_it_ends() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    let held = hold(&world).await;
    for _ in 0..20 {
        socket.subscribe("1", RENAME, json!({})).await;
        socket.send(json!({ "type": "complete", "id": "1" })).await;
    }
    socket.subscribe("1", VIEWER, json!({})).await;
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
    assert_eq!(message["payload"][0]["extensions"]["limit"]["maximum"], 20);
    held.rollback().await.expect("rolled back");
    eventually("a place is free", async || {
        socket.subscribe("1", VIEWER, json!({})).await;
        let message = socket.message().await;
        let is_free = message["type"] == "next";
        if is_free {
            assert_eq!(socket.message().await, json!({ "type": "complete", "id": "1" }));
        }
        is_free
    })
    .await;
}

#[tokio::test]
async fn the_id_of_a_completed_mutation_may_be_used_again() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    let held = hold(&world).await;
    socket.subscribe("1", RENAME, json!({})).await;
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("1", VIEWER, json!({})).await;
    let message = socket.message().await;
    assert!(message["payload"]["data"]["viewer"].is_object(), "{message}");
    assert_eq!(socket.message().await, json!({ "type": "complete", "id": "1" }));
    held.rollback().await.expect("rolled back");
    let admin = world.admin().await;
    eventually("the mutation is executed", async || {
        let reply = admin.graphql("{ viewer { organization { name } } }", json!({})).await;
        reply.data("/viewer/organization/name") == "Renamed"
    })
    .await;
}

/// The next message that is no event of the subscription `1`, to which those of the sign-in may be new.
async fn beside_events(socket: &mut Socket) -> Value {
    loop {
        let message = socket.message().await;
        if message["id"] != "1" || message["type"] != "next" {
            return message;
        }
    }
}

#[tokio::test]
async fn a_mutation_is_answered_before_the_connection_of_a_token_that_has_ended_closes() {
    let world = World::with(&[("GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT", "2")]).await;
    let mut socket = Socket::of(&world.admin().await).await;
    let held = hold(&world).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    socket.subscribe("2", RENAME, json!({})).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(beside_events(&mut socket).await, json!({ "type": "pong" }));
    let operations = &world.app.subscriptions.operations;
    let has_place = || operations.acquire(&world.first.service_account.id).is_some();
    assert!(!has_place(), "both are in progress");
    world.clock.advance(TimeDelta::seconds(3_600));
    eventually("the subscription has ended", async || has_place()).await;
    socket.subscribe("3", RENAME, json!({})).await;
    held.rollback().await.expect("rolled back");
    let message = beside_events(&mut socket).await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("2")), "{message}");
    let name = &message["payload"]["data"]["updateOrganization"]["organization"]["name"];
    assert_eq!(name, "Renamed", "{message}");
    assert_eq!(socket.message().await, json!({ "type": "complete", "id": "2" }));
    assert_eq!(socket.next().await, Err(4403), "neither events nor another operation");
}
