//! Export of the audit log over REST.

use postern::authz::Role;
use postern::domain::audit::log::{self, LogCursor};
use serde_json::Value;

use crate::support::{Caller, World};

const EVENTS: &str = "/organizations/acme/audit-events";

/// The lines of an export after a cursor, without the last one, and its cursor.
async fn export(caller: &Caller, after: Option<&str>) -> (Vec<Value>, String) {
    let path = after.map_or_else(|| EVENTS.to_owned(), |after| format!("{EVENTS}?after={after}"));
    let reply = caller.get_with(&path, "Accept", "application/x-ndjson").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.headers["content-type"], "application/x-ndjson");
    let lines = reply.text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let mut lines: Vec<Value> = lines.collect();
    let end = lines.pop().expect("a last line");
    assert_eq!(end["complete"], true);
    (lines, end["cursor"].as_str().expect("a cursor").to_owned())
}

#[tokio::test]
async fn an_export_continues_after_its_last_cursor() {
    let world = World::new().await;
    let admin = world.admin().await;
    log::assign_positions(&world.app).await.expect("assigned");
    let (all, end) = export(&admin, None).await;
    assert!(all.len() > 2 && all.iter().all(|line| line["id"].is_string()), "{all:?}");
    let second = all[1]["cursor"].as_str().expect("a cursor");
    assert_eq!(export(&admin, Some(second)).await, (all[2..].to_vec(), end.clone()));
    assert_eq!(export(&admin, Some(&end)).await, (Vec::new(), end.clone()));
    world.account(&[]).await;
    log::assign_positions(&world.app).await.expect("assigned");
    let (new, _) = export(&admin, Some(&end)).await;
    assert!(new.iter().any(|line| line["action"] == "service_account.create"), "{new:?}");
}

#[tokio::test]
async fn a_long_export_has_every_event_once() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = 1_234;
    super::log::commit_many(&world, before).await;
    log::assign_positions(&world.app).await.expect("assigned");
    let (lines, _) = export(&admin, None).await;
    let ids: std::collections::HashSet<_> =
        lines.iter().map(|line| line["id"].to_string()).collect();
    assert!(lines.len() > before && ids.len() == lines.len());
}

#[tokio::test]
async fn an_export_needs_its_permission_and_a_cursor_of_the_log() {
    let world = World::new().await;
    let accept = ("Accept", "application/x-ndjson");
    for caller in [world.member().await, world.viewer().await] {
        let reply = caller.get_with(EVENTS, accept.0, accept.1).await;
        assert_eq!(reply.body(403)["permission"], "audit_events:export");
    }
    // Listing is another permission.
    let account = world.account(&[Role::Admin]).await;
    let narrow = world.sign_in_for(&account, Some("audit_events:list")).await;
    assert_eq!(narrow.get(EVENTS).await.status, 200);
    assert_eq!(narrow.get_with(EVENTS, accept.0, accept.1).await.status, 403);
    assert_eq!(world.stranger().await.get_with(EVENTS, accept.0, accept.1).await.status, 404);

    let admin = world.admin().await;
    for (query, field) in [
        ("after=x", "after"),
        ("after=", "after"),
        (&format!("after={0}&after={0}", LogCursor(1)), "after"),
        ("limit=5", "limit"),
        ("before=x", "before"),
    ] {
        let path = format!("{EVENTS}?{query}");
        let reply = admin.get_with(&path, accept.0, accept.1).await;
        assert_eq!(reply.body(400)["field"], field, "{query}");
    }
}
