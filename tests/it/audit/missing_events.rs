//! A position whose event is missing: the log does not look complete without it.

use postern::domain::audit::log;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::Value;

use super::{drop_triggers, run, sql, verify};
use crate::support::{Caller, World};

const EVENTS: &str = "/organizations/acme/audit-events";

/// Executes a statement that foreign keys forbid.
async fn without_foreign_keys(world: &World, statement: &str) {
    if !world.app.db.is_sqlite() {
        let drop = "ALTER TABLE audit_positions DROP CONSTRAINT IF EXISTS audit_positions_event";
        sql(world, drop).await.expect("dropped");
        return sql(world, statement).await.expect(statement);
    }
    let options = ConnectOptions::new(world.database_url()).max_connections(1).to_owned();
    let db = Database::connect(options).await.expect("a database");
    db.execute_unprepared("PRAGMA foreign_keys = OFF").await.expect("off");
    db.execute_unprepared(statement).await.expect(statement);
    db.close().await.expect("closed");
}

/// A log of so many events and more, in which the event at a position is missing.
async fn world_without(position: usize, events: usize) -> World {
    let world = World::new().await;
    super::log::commit_many(&world, events).await;
    log::assign_positions(&world.app).await.expect("assigned");
    drop_triggers(&world).await;
    let lose = format!(
        "UPDATE audit_positions SET event_id = 'a0000000000000000000000000' \
         WHERE position = {position}"
    );
    sql(&world, "CREATE TABLE lost (position bigint, event_id varchar(26))").await.expect("made");
    let remember = format!(
        "INSERT INTO lost SELECT position, event_id FROM audit_positions WHERE position = {position}"
    );
    sql(&world, &remember).await.expect("remembered");
    without_foreign_keys(&world, &lose).await;
    world
}

async fn restore(world: &World) {
    let restore = "UPDATE audit_positions SET event_id = (SELECT lost.event_id FROM lost) \
        WHERE position = (SELECT lost.position FROM lost)";
    without_foreign_keys(world, restore).await;
}

/// The lines of an export that arrive, and whether its response ends without an error.
async fn export(caller: &Caller, after: Option<&str>) -> (Vec<Value>, bool) {
    let path = after.map_or_else(|| EVENTS.to_owned(), |after| format!("{EVENTS}?after={after}"));
    let request = caller.request(reqwest::Method::GET, &path);
    let mut reply =
        request.header("Accept", "application/x-ndjson").send().await.expect("a response");
    assert_eq!(reply.status(), 200);
    let (mut text, mut is_whole) = (Vec::new(), true);
    loop {
        match reply.chunk().await {
            Ok(Some(chunk)) => text.extend(chunk),
            Ok(None) => break,
            Err(_) => {
                is_whole = false;
                break;
            }
        }
    }
    let text = String::from_utf8(text).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a whole line"));
    (lines.collect(), is_whole)
}

#[tokio::test]
async fn an_export_that_is_cut_off_is_resumed_without_loss_or_repetition() {
    let events = 1_200;
    let world = world_without(700, events).await;
    let admin = world.admin().await;
    let (mut lines, is_whole) = export(&admin, None).await;
    assert!(!is_whole, "the client sees that the response was cut off");
    assert_eq!(lines.len(), 500, "the lines of the first chunk");
    assert!(lines.iter().all(|line| line["complete"].is_null()));

    restore(&world).await;
    let cursor = lines.last().expect("a line")["cursor"].as_str().expect("a cursor").to_owned();
    let (rest, is_whole) = export(&admin, Some(&cursor)).await;
    assert!(is_whole);
    lines.extend(rest);
    let end = lines.pop().expect("a last line");
    assert_eq!(end["complete"], true);
    let details = lines.iter().filter_map(|line| line["detail"].as_str()?.parse::<usize>().ok());
    // Events of one transaction and time are in the order of their random ids.
    let mut details: Vec<_> = details.collect();
    details.sort_unstable();
    assert_eq!(details, (0..events).collect::<Vec<_>>());
    assert_eq!(end["cursor"], lines.last().expect("a line")["cursor"]);
}

#[tokio::test]
async fn a_position_without_its_event_fails_every_export_and_is_found() {
    let world = world_without(2, 3).await;
    let admin = world.admin().await;
    admin.get_with(EVENTS, "Accept", "application/x-ndjson").await.is_error(500, "INTERNAL");
    for arguments in [&["audit", "export"][..], &["audit", "export", "--organization", "acme"]] {
        let output = run(&world, arguments).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
    let findings = verify(&world).await.findings;
    let missing = "acme: the event at position 2 is missing";
    assert!(findings.iter().any(|it| it == missing), "{findings:?}");
    restore(&world).await;
    assert_eq!(verify(&world).await.findings, Vec::<String>::new());
}
