//! The protocol `graphql-transport-ws`.

use serde_json::json;

use super::EVENTS;
use crate::support::{Socket, VIEWER, World};

#[tokio::test]
async fn only_the_subprotocol_of_subscriptions_is_accepted() {
    let world = World::new().await;
    for protocol in [None, Some("graphql-ws"), Some("chat, superchat")] {
        let refused = Socket::offer(&world.base, protocol, None).await.err();
        assert_eq!(refused, Some(400), "{protocol:?}");
    }
    let both = Some("graphql-ws, graphql-transport-ws");
    assert!(Socket::offer(&world.base, both, None).await.is_ok());
    let reply = world.anonymous().get("/graphql/ws").await;
    assert_eq!(
        (reply.status, &reply.json()["errors"][0]["extensions"]["field"]),
        (426, &json!("Upgrade"))
    );
}

#[tokio::test]
async fn a_connection_without_a_first_message_is_closed() {
    let world = World::new().await;
    assert_eq!(Socket::open(&world.base).await.closed().await, 4408);
}

#[tokio::test]
async fn messages_against_the_protocol_close_the_connection() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut early = Socket::open(&world.base).await;
    early.subscribe("1", VIEWER, json!({})).await;
    assert_eq!(early.closed().await, 4401);
    let mut twice = Socket::of(&admin).await;
    twice.init(admin.token.as_deref()).await;
    assert_eq!(twice.closed().await, 4429);
    let mut duplicate = Socket::of(&admin).await;
    for _ in 0..2 {
        duplicate.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    }
    assert_eq!(duplicate.closed().await, 4409);
    for text in ["", "{", "[]", r#"{"type":"start"}"#, r#"{"type":"subscribe","id":"1"}"#] {
        let mut malformed = Socket::of(&admin).await;
        malformed.send_text(text).await;
        assert_eq!(malformed.closed().await, 4400, "{text}");
    }
    let mut large = Socket::of(&admin).await;
    large.send(json!({ "type": "ping", "payload": { "x": "x".repeat(70_000) } })).await;
    assert_eq!(large.closed().await, 1009);
}

#[tokio::test]
async fn the_close_of_a_client_is_answered() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut early = Socket::open(&world.base).await;
    early.close(1000).await;
    assert_eq!(early.closed().await, 1000);
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    socket.close(4321).await;
    assert_eq!(socket.closed().await, 4321);
}

#[tokio::test]
async fn a_connection_needs_a_valid_token() {
    let world = World::new().await;
    for token in [None, Some("forged")] {
        let mut socket = Socket::open(&world.base).await;
        socket.init(token).await;
        assert_eq!(socket.closed().await, 4403, "{token:?}");
    }
    let admin = world.admin().await;
    let header = format!("Bearer {}", admin.token.as_deref().expect("a token"));
    let protocol = Some("graphql-transport-ws");
    let socket = Socket::offer(&world.base, protocol, Some(&header)).await;
    let mut socket = socket.expect("a connection");
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.message().await["type"], "connection_ack");
}

#[tokio::test]
async fn queries_and_mutations_are_executed_with_the_checks_of_http() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("q", "{ viewer { organization { label } } }", json!({})).await;
    let message = socket.message().await;
    assert_eq!(message["payload"]["data"]["viewer"]["organization"]["label"], "acme");
    assert_eq!(socket.message().await, json!({ "type": "complete", "id": "q" }));
    let create = "mutation($input: CreateServiceAccountInput!) {
        createServiceAccount(input: $input) { serviceAccount { name } } }";
    let input = json!({ "input": { "organizationId": "acme", "name": "By socket" } });
    socket.subscribe("q", create, input).await;
    let message = socket.message().await;
    let account = &message["payload"]["data"]["createServiceAccount"]["serviceAccount"];
    assert_eq!(account["name"], "By socket");
    assert_eq!(socket.message().await["type"], "complete");
    let deep = format!("{}{}", "{a".repeat(13), "}".repeat(13));
    for (query, variables, code) in [
        ("{", json!({}), "BAD_USER_INPUT"),
        (deep.as_str(), json!({}), "QUERY_TOO_DEEP"),
        (create, json!({}), "BAD_USER_INPUT"),
        ("subscription { __typename }", json!({}), "BAD_USER_INPUT"),
        ("subscription { nothing }", json!({}), "BAD_USER_INPUT"),
    ] {
        socket.subscribe("e", query, variables).await;
        let message = socket.message().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("e")), "{query}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{message}");
    }
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    socket.send(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong" }));
}
