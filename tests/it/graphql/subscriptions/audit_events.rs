//! `auditEventAdded`.

use chrono::TimeDelta;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::{EVENTS, create_account, event, last_cursor};
use crate::support::{Caller, Socket, World, log_cursor};

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
async fn a_filter_selects_the_events_that_it_selects_in_a_list() {
    let world = World::new().await;
    let admin = world.admin().await;
    let account = create_account(&admin, "First").await;
    create_account(&admin, "Second").await;
    // Events of one instant that are committed together have no order.
    world.clock.advance(TimeDelta::milliseconds(1));
    let update = json!({ "id": account, "name": "Renamed" });
    admin.mutate("updateServiceAccount", update).await.data("");
    last_cursor(&world).await;
    let mut socket = Socket::of(&admin).await;
    let (all, _) = listed(&admin, json!({})).await;
    let (first, last) = (&all[0], &all[all.len() - 1]);
    let start = log_cursor(&world, Some(&world.first.organization.id), 0).await;
    for (nth, filter) in [
        json!({ "types": ["SERVICE_ACCOUNT_UPDATE"] }),
        json!({ "types": ["ROLE_GRANT", "SERVICE_ACCOUNT_CREATE"], "targetId": account }),
        json!({ "outcome": "SUCCESS", "actorId": world.admin_account().id }),
        json!({ "credentialId": world.admin_account().credential }),
        json!({ "requestId": last["requestId"] }),
        json!({ "createdAfter": first["createdAt"] }),
        json!({ "createdBefore": last["createdAt"], "targetId": account }),
    ]
    .into_iter()
    .enumerate()
    {
        let (_, expected) = listed(&admin, filter.clone()).await;
        assert!(!expected.is_empty() && expected.len() < all.len(), "{filter}");
        let id = nth.to_string();
        let variables = json!({ "organization": "acme", "after": start, "filter": filter });
        socket.subscribe(&id, EVENTS, variables).await;
        let mut received = HashSet::new();
        while received.len() < expected.len() {
            let event = event(&mut socket, &id).await;
            received.insert(event["auditEvent"]["id"].to_string());
        }
        assert_eq!(received, expected, "{filter}");
        socket.send(json!({ "type": "complete", "id": id })).await;
        // What was sent before the server read that.
        socket.send(json!({ "type": "ping" })).await;
        assert_eq!(socket.message().await["type"], "pong", "{filter}");
    }
}

/// The audit events that a filter selects, oldest first, and their ids.
async fn listed(admin: &Caller, filter: Value) -> (Vec<Value>, HashSet<String>) {
    let query = "query($filter: AuditEventFilter) { viewer { organization {
        auditEvents(first: 100, filter: $filter) { nodes { id createdAt requestId } } } } }";
    let reply = admin.graphql(query, json!({ "filter": filter })).await;
    let nodes = reply.data("/viewer/organization/auditEvents/nodes");
    let nodes = nodes.as_array().expect("nodes").clone();
    let ids = nodes.iter().map(|it| it["id"].to_string()).collect();
    (nodes, ids)
}

#[tokio::test]
async fn cursors_and_filters_that_cannot_be_are_rejected_with_their_field() {
    let world = World::new().await;
    let mut socket = Socket::of(&world.admin().await).await;
    let future = log_cursor(&world, Some(&world.first.organization.id), i64::MAX).await;
    for (variables, field) in [
        (json!({ "after": "x" }), "after"),
        (json!({ "after": future }), "after"),
        (json!({ "filter": { "types": ["ROLE_GRANT", "NONE"] } }), "filter.types.1"),
        (json!({ "filter": { "types": [] } }), "filter.types"),
        (json!({ "filter": { "targetId": "x".repeat(129) } }), "filter.targetId"),
        (
            json!({ "filter": { "createdAfter": "2026-01-02T00:00:00Z", "createdBefore": "2026-01-01T00:00:00Z" } }),
            "filter.createdBefore",
        ),
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

#[tokio::test]
async fn the_subscriptions_of_a_connection_share_the_authentication_of_an_event() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut socket = Socket::of(&admin).await;
    let after = last_cursor(&world).await;
    let query = "subscription($after: String) {
        auditEventAdded(organizationId: \"acme\", after: $after) { cursor } }";
    for id in 0..20 {
        socket.subscribe(&id.to_string(), query, json!({ "after": after })).await;
    }
    // Their events show that all are open.
    create_account(&admin, "First").await;
    for _ in 0..20 {
        assert_eq!(socket.message().await["type"], "next");
    }
    let (_, statements) = world
        .count(async {
            create_account(&admin, "Second").await;
            for _ in 0..20 {
                assert_eq!(socket.message().await["type"], "next");
            }
        })
        .await;
    assert!(statements < 25, "{statements} statements for 20 subscribers");
}
