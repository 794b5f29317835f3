//! Limits of connections and of their operations.

use serde_json::json;

use super::event_stream::request;
use super::{EVENTS, last_cursor};
use crate::support::{Socket, VIEWER, World, eventually};

#[tokio::test]
async fn a_connection_has_at_most_20_operations_at_a_time() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    let after = last_cursor(&world).await;
    let variables = json!({ "organization": "acme", "after": after });
    for id in 0..=20 {
        socket.subscribe(&id.to_string(), EVENTS, variables.clone()).await;
    }
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("20")), "{message}");
    assert_eq!(message["payload"][0]["extensions"]["limit"]["maximum"], 20);
    socket.send(json!({ "type": "complete", "id": "3" })).await;
    socket.subscribe("q", VIEWER, json!({})).await;
    assert_eq!(socket.message().await["type"], "next", "one more after one has ended");
}

#[tokio::test]
async fn the_limits_of_an_organization_include_the_operations_of_a_service_account() {
    let world = World::with(&[("GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT", "7")]).await;
    let viewer = world.viewer().await;
    let query = r#"{ organization(id: "acme") { limits { graphqlOperationsPerServiceAccount } } }"#;
    let limits = viewer.graphql(query, json!({})).await.data("/organization/limits");
    assert_eq!(limits["graphqlOperationsPerServiceAccount"], 7);
    let limits = viewer.get("/organizations/acme/limits").await.body(200);
    assert_eq!(limits["graphql_operations_per_service_account"], 7);
}

#[tokio::test]
async fn a_service_account_has_a_limit_of_operations_over_all_connections() {
    let world = World::with(&[("GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT", "3")]).await;
    // Nothing happens in acme while the subscriptions are open.
    let (admin, viewer) = (world.admin().await, world.viewer().await);
    last_cursor(&world).await;
    let (mut first, mut second) = (Socket::of(&admin).await, Socket::of(&admin).await);
    let variables = json!({ "organization": "acme" });
    for id in ["1", "2"] {
        first.subscribe(id, EVENTS, variables.clone()).await;
    }
    // Its answer shows that the operations before it are counted.
    first.send(json!({ "type": "ping" })).await;
    assert_eq!(first.message().await["type"], "pong");
    for id in ["1", "2"] {
        second.subscribe(id, EVENTS, variables.clone()).await;
    }
    let message = second.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("2")), "{message}");
    let extensions = &message["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    let limit = json!({ "name": "operations_per_account", "maximum": 3, "reached": 4 });
    assert_eq!(extensions["limit"], limit);
    let stream = request(&admin, EVENTS, &variables).send().await.expect("a response");
    assert_eq!(stream.status(), 429);
    let mut other = Socket::of(&viewer).await;
    other.subscribe("1", VIEWER, json!({})).await;
    assert_eq!(other.message().await["type"], "next", "another account has its own limit");
    drop(first);
    eventually("a place is free", async || {
        second.subscribe("3", VIEWER, json!({})).await;
        let is_free = second.message().await["type"] == "next";
        if is_free {
            assert_eq!(second.message().await["type"], "complete");
        }
        is_free
    })
    .await;
}

#[tokio::test]
async fn connections_are_bounded_per_client_address() {
    let world = World::with(&[("GRAPHQL_MAX_STREAMS_PER_ADDRESS", "2")]).await;
    let admin = world.admin().await;
    let (first, _second) = (Socket::of(&admin).await, Socket::of(&admin).await);
    let mut third = Socket::open(&world.base).await;
    third.init(admin.token.as_deref()).await;
    assert_eq!(third.closed().await, 1013);
    let stream = request(&admin, VIEWER, &json!({})).send().await.expect("a response");
    assert_eq!(stream.status(), 429);
    drop(first);
    eventually("a place is free", async || {
        let mut socket = Socket::open(&world.base).await;
        socket.init(admin.token.as_deref()).await;
        socket.next().await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn connections_without_a_caller_take_no_place_of_others_and_are_bounded() {
    let world = World::with(&[("GRAPHQL_MAX_STREAMS_PER_ADDRESS", "2")]).await;
    let admin = world.admin().await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(Socket::open(&world.base).await);
    }
    let _authenticated = (Socket::of(&admin).await, Socket::of(&admin).await);
    let mut refused = false;
    while !refused {
        match Socket::offer(&world.base, Some("graphql-transport-ws"), None).await {
            Ok(socket) => silent.push(socket),
            Err(status) => {
                assert_eq!(status, 429);
                refused = true;
            }
        }
    }
    let mut first = silent.swap_remove(0);
    assert_eq!(first.closed().await, 4408);
}
