//! `auditEventAdded`.

use chrono::TimeDelta;
use std::collections::HashSet;

use postern::context::OpContext;
use postern::domain::audit::log::Cursors;
use serde_json::json;

use super::{EVENTS, create_account, event, last_cursor};
use crate::support::{Socket, World};

#[tokio::test]
async fn new_events_arrive_with_what_they_refer_to() {
    let world = World::new().await;
    let admin = world.admin().await;
    let after = last_cursor(&world).await;
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme", "after": after })).await;
    let account = create_account(&admin, "New").await;
    let event = event(&mut socket, "1").await;
    let audit_event = &event["auditEvent"];
    assert_eq!(audit_event["action"], "service_account.create");
    assert_eq!(audit_event["target"]["id"], account.as_str());
    assert_eq!(audit_event["actor"]["id"], world.admin_account().id);
}

#[tokio::test]
async fn a_subscription_without_a_cursor_starts_with_the_events_to_come() {
    let world = World::new().await;
    let admin = world.admin().await;
    last_cursor(&world).await;
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("1", EVENTS, json!({ "organization": "acme" })).await;
    // Its response shows that the subscription before it is open.
    let account = loop {
        let account = create_account(&admin, "New").await;
        let message = socket.message().await;
        if message["type"] == "next" {
            break (account, message);
        }
    };
    let (account, message) = account;
    assert_eq!(message["payload"]["data"]["auditEventAdded"]["auditEvent"]["targetId"], account);
}

#[tokio::test]
async fn a_client_that_reconnects_to_any_replica_misses_and_repeats_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_replica, base) = world.replica().await;
    let mut after = json!(last_cursor(&world).await);
    let writers = (0..4).map(|writer| {
        let writer_admin = if writer % 2 == 0 { admin.clone() } else { admin.at(&base) };
        tokio::spawn(async move {
            let mut created = Vec::new();
            for number in 0..10 {
                created.push(create_account(&writer_admin, &format!("{writer}-{number}")).await);
            }
            created
        })
    });
    let writers: Vec<_> = writers.collect();
    let (mut received, mut ids) = (Vec::new(), HashSet::new());
    let mut connections = 0;
    while received.len() < 40 {
        let caller = if connections % 2 == 0 { admin.at(&base) } else { admin.clone() };
        connections += 1;
        let mut socket = Socket::of(&caller).await;
        socket.subscribe("1", EVENTS, json!({ "organization": "acme", "after": after })).await;
        for _ in 0..7.min(40 - received.len()) {
            let event = event(&mut socket, "1").await;
            after = event["cursor"].clone();
            assert!(ids.insert(event["auditEvent"]["id"].to_string()), "repeated: {event}");
            received.push(event["auditEvent"]["targetId"].as_str().expect("an id").to_owned());
        }
    }
    let mut created = Vec::new();
    for writer in writers {
        created.extend(writer.await.expect("created"));
    }
    created.sort_unstable();
    received.sort_unstable();
    assert_eq!(received, created);
    assert!(connections > 5);
}

#[tokio::test]
async fn a_filter_selects_by_action_actor_and_target() {
    let world = World::new().await;
    let admin = world.admin().await;
    let after = last_cursor(&world).await;
    let account = create_account(&admin, "First").await;
    create_account(&admin, "Second").await;
    // Events of one instant that are committed together have no order.
    world.clock.advance(TimeDelta::milliseconds(1));
    let update = json!({ "id": account, "name": "Renamed" });
    admin.mutate("updateServiceAccount", update).await.data("");
    let mut socket = Socket::of(&admin).await;
    let actor = world.admin_account().id;
    for (id, filter, expected) in [
        ("action", json!({ "actions": ["service_account.update"] }), "service_account.update"),
        (
            "all",
            json!({ "actions": ["a.b", "service_account.update"], "actorId": actor, "targetId": account }),
            "service_account.update",
        ),
        ("target", json!({ "targetId": account }), "service_account.create"),
    ] {
        let variables = json!({ "organization": "acme", "after": after, "filter": filter });
        socket.subscribe(id, EVENTS, variables).await;
        let event = event(&mut socket, id).await;
        assert_eq!(event["auditEvent"]["action"], expected, "{id}");
        assert_eq!(event["auditEvent"]["targetId"], account.as_str(), "{id}");
        socket.send(json!({ "type": "complete", "id": id })).await;
        // What was sent before the server read that.
        socket.send(json!({ "type": "ping" })).await;
        while socket.message().await["type"] != "pong" {}
    }
}

#[tokio::test]
async fn cursors_and_filters_that_cannot_be_are_rejected_with_their_field() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    let (op, acme) = (OpContext::operator(&world.app), &world.first.organization.id);
    let cursors = Cursors::of(&op, Some(acme)).await.expect("cursors");
    let future = cursors.text(i64::MAX).expect("a cursor");
    for (variables, field) in [
        (json!({ "after": "x" }), "after"),
        (json!({ "after": future }), "after"),
        (json!({ "filter": { "actions": ["a.b", "?"] } }), "filter.actions.1"),
        (json!({ "filter": { "actions": vec!["a.b"; 101] } }), "filter.actions"),
        (json!({ "filter": { "targetId": "x".repeat(101) } }), "filter.targetId"),
    ] {
        let mut variables = variables;
        variables["organization"] = json!("acme");
        socket.subscribe("1", EVENTS, variables).await;
        let message = socket.message().await;
        assert_eq!(message["type"], "error", "{message}");
        let extensions = &message["payload"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["field"]),
            (&json!("BAD_USER_INPUT"), &json!(field))
        );
    }
}
