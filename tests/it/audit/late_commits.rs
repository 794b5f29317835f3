//! Events of a transaction that commits after others: every reader of the log receives every event once,
//! in an order in which it can go on reading.

use chrono::TimeDelta;
use postern::domain::audit::log as audit_log;
use sea_orm::{Database, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};

use super::exported;
use super::log::{commit, record};
use crate::support::{Caller, Socket, World};

/// A transaction that has recorded an event.
async fn hold(world: &World) -> DatabaseTransaction {
    let db = Database::connect(world.database_url()).await.expect("a connection");
    let held = db.begin().await.expect("begun");
    record(&held, world, "late").await;
    held
}

/// Commits three events, and returns a transaction with a fourth, which is older. SQLite has one writer:
/// there, the fourth is recorded after the commits.
async fn commit_around(world: &World) -> DatabaseTransaction {
    let held = if world.app.db.is_sqlite() { None } else { Some(hold(world).await) };
    for detail in ["first", "second", "third"] {
        world.clock.advance(TimeDelta::microseconds(1));
        commit(&world.app, world, detail).await;
    }
    audit_log::assign_positions(&world.app).await.expect("assigned");
    match held {
        Some(held) => held,
        None => hold(world).await,
    }
}

/// Commits the late event.
async fn release(world: &World, held: DatabaseTransaction) {
    held.commit().await.expect("committed");
    audit_log::assign_positions(&world.app).await.expect("assigned");
}

fn details(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["detail"].as_str().expect("a detail")).collect()
}

fn cursor(line: &Value) -> &str {
    line["cursor"].as_str().expect("a cursor")
}

const ALL: [&str; 4] = ["first", "second", "third", "late"];

#[tokio::test]
async fn the_command_exports_a_late_event_after_those_that_were_committed_before() {
    let world = World::new().await;
    for organization in [&["--organization", "acme"][..], &[]] {
        let export = async |after: &str| {
            exported(&world, &[organization, &["--after", after]].concat()).await
        };
        let before = exported(&world, organization).await;
        let start = cursor(before.last().expect("an event"));
        let held = commit_around(&world).await;
        let mut read = export(start).await;
        assert_eq!(details(&read), ALL[..3]);
        held.commit().await.expect("committed");
        let late = export(cursor(&read[2])).await;
        assert_eq!(details(&late), ALL[3..]);
        read.extend(late);
        assert_eq!(export(start).await, read, "the order is the same for who reads it at once");
        assert_eq!(export(cursor(&read[3])).await, Vec::<Value>::new());
    }
}

/// The lines of an export over REST, without the last one.
async fn lines(caller: &Caller, after: &str) -> Vec<Value> {
    let path = format!("/organizations/acme/audit-events?after={after}");
    let reply = caller.get_with(&path, "Accept", "application/x-ndjson").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let lines = reply.text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let mut lines: Vec<Value> = lines.collect();
    assert_eq!(lines.pop().expect("a last line")["complete"], true);
    lines
}

#[tokio::test]
async fn rest_exports_a_late_event_after_those_that_were_committed_before() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = exported(&world, &["--organization", "acme"]).await;
    let start = cursor(before.last().expect("an event"));
    let held = commit_around(&world).await;
    let mut read = lines(&admin, start).await;
    assert_eq!(details(&read), ALL[..3]);
    release(&world, held).await;
    let late = lines(&admin, cursor(&read[2])).await;
    assert_eq!(details(&late), ALL[3..]);
    read.extend(late);
    assert_eq!(lines(&admin, start).await, read);
    for (nth, line) in read.iter().enumerate() {
        assert_eq!(lines(&admin, cursor(line)).await, read[nth + 1..], "after {nth}");
    }
}

const ADDED: &str = r#"
    subscription($after: String) {
      auditEventAdded(organizationId: "acme", after: $after) { cursor auditEvent { id detail } }
    }
"#;

/// The next event of operation `id`, with its cursor and detail.
async fn next(socket: &mut Socket, id: &str) -> Value {
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
    let added = &message["payload"]["data"]["auditEventAdded"];
    let event = &added["auditEvent"];
    json!({ "id": event["id"], "detail": event["detail"], "cursor": added["cursor"] })
}

#[tokio::test]
async fn a_subscription_receives_a_late_event_after_those_that_were_committed_before() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = exported(&world, &["--organization", "acme"]).await;
    let start = cursor(before.last().expect("an event"));
    let mut socket = Socket::of(&admin).await;
    socket.subscribe("open", ADDED, json!({ "after": start })).await;
    let held = commit_around(&world).await;
    let mut read = Vec::new();
    for _ in 0..3 {
        read.push(next(&mut socket, "open").await);
    }
    release(&world, held).await;
    read.push(next(&mut socket, "open").await);
    assert_eq!(details(&read), ALL);
    is_silent(&mut socket).await;
    for (nth, event) in read.iter().enumerate() {
        let mut socket = Socket::of(&admin).await;
        socket.subscribe("resumed", ADDED, json!({ "after": cursor(event) })).await;
        for expected in &read[nth + 1..] {
            assert_eq!(next(&mut socket, "resumed").await, *expected, "after {nth}");
        }
        is_silent(&mut socket).await;
    }
}

/// Asserts that no event is repeated before the server answers.
async fn is_silent(socket: &mut Socket) {
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.message().await["type"], "pong");
}
