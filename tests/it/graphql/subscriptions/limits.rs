//! Limits of connections and of their operations.

use serde_json::json;

use super::{EVENTS, last_cursor};
use crate::support::{Caller, Process, Socket, World, eventually};

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
    socket.subscribe("q", "{ viewer { tokenExpiresAt } }", json!({})).await;
    assert_eq!(socket.message().await["type"], "next", "one more after one has ended");
}

#[tokio::test]
async fn connections_are_bounded_per_client_address() {
    let world = World::with(&[("GRAPHQL_MAX_STREAMS_PER_ADDRESS", "2")]).await;
    let admin = world.admin().await;
    let first = Socket::of(&admin).await;
    let _second = Socket::open(&world.base).await;
    let protocol = Some("graphql-transport-ws");
    let refused = Socket::offer(&world.base, protocol, None).await.err();
    assert_eq!(refused, Some(429));
    let body = json!({ "query": "{ viewer { tokenExpiresAt } }" });
    let stream = admin.request(reqwest::Method::POST, "/graphql/stream").json(&body);
    let stream = stream.header("accept", "text/event-stream").send().await.expect("a response");
    assert_eq!(stream.status(), 429);
    drop(first);
    eventually("a place is free", async || {
        Socket::offer(&world.base, protocol, None).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_closes_its_connections() {
    let world = World::new().await;
    let mut settings = world.environment();
    settings.push(("POSTERN_SHUTDOWN_DELAY_SECONDS".to_owned(), "0".to_owned()));
    let mut process = Process::start(&settings).await;
    // The process has the time of day, so it has tokens of its own.
    let caller = world.admin_account();
    let reply = Caller::anonymous(&process.base).ask_token(&caller.form()).await;
    let token = reply.json()["access_token"].as_str().expect("a token").to_owned();
    let mut socket = Socket::of(&Caller::anonymous(&process.base).with_token(&token)).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    let stopped = tokio::task::spawn_blocking(move || process.stop());
    assert_eq!(socket.closed().await, 1012);
    stopped.await.expect("stopped");
}
