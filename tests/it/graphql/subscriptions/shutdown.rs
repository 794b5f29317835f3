//! The end of the server.

use serde_json::{Value, json};

use super::EVENTS;
use super::event_stream::request;
use super::held::{RENAME, hold};
use crate::support::{Caller, Process, Socket, World, in_time};

/// A server in a process, and its admin.
async fn start(world: &World) -> (Process, Caller) {
    let mut settings = world.environment();
    settings.push(("POSTERN_SHUTDOWN_DELAY_SECONDS".to_owned(), "0".to_owned()));
    let process = Process::start(&settings).await;
    // The process has the time of day, so it has tokens of its own.
    let anonymous = Caller::anonymous(&process.base);
    let reply = anonymous.ask_token(&world.admin_account().form()).await;
    let token = reply.json()["access_token"].as_str().expect("a token").to_owned();
    (process, anonymous.with_token(&token))
}

#[tokio::test]
async fn a_server_that_stops_closes_its_connections() {
    let world = World::new().await;
    let (mut process, caller) = start(&world).await;
    let mut socket = Socket::of(&caller).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    let stopped = tokio::task::spawn_blocking(move || process.stop());
    assert_eq!(socket.closed().await, 1012);
    stopped.await.expect("stopped");
}

#[tokio::test]
async fn a_server_that_stops_ends_subscriptions_and_delivers_the_results_of_mutations() {
    let world = World::new().await;
    let (mut process, caller) = start(&world).await;
    let held = hold(&world).await;
    let send = async |query: &str, variables: Value| {
        request(&caller, query, &variables).send().await.expect("a response")
    };
    let subscription = send(EVENTS, json!({ "organization": "acme" })).await;
    let mutation = send(RENAME, json!({})).await;
    let stopped = tokio::task::spawn_blocking(move || process.stop());
    let text = in_time("the end", subscription.text()).await.expect("a body");
    assert!(!text.contains("event:"), "an interrupted stream has no end: {text}");
    held.rollback().await.expect("rolled back");
    let text = in_time("the result", mutation.text()).await.expect("a body");
    assert!(text.contains(r#""organization":{"name":"Renamed"}"#), "{text}");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    stopped.await.expect("stopped");
}
