//! Export of the audit log over REST.

use entity::{OrganizationId, organization};
use postern::authz::Role;
use postern::context::OpContext;
use postern::domain::audit::log::{self, Cursors};
use serde_json::Value;

use crate::support::{Caller, World, log_cursor};

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

/// The id of another organization.
async fn organization_id(world: &World) -> OrganizationId {
    world.other_tenant().await;
    let globex = organization::Entity::any_tenant_by_label("globex");
    globex.one(world.app.db.reader()).await.expect("an answer").expect("globex").id
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
    log::assign_positions(&world.app).await.expect("assigned");
    let globex = organization_id(&world).await;
    let first = log_cursor(&world, Some(&world.first.organization.id), 1).await;
    let foreign = log_cursor(&world, Some(&globex), 1).await;
    let of_all = log_cursor(&world, None, 1).await;
    // As of a log that was restored from an older backup.
    let beyond = log_cursor(&world, Some(&world.first.organization.id), 1_000).await;
    for (query, field) in [
        ("after=x", "after"),
        ("after=", "after"),
        (&format!("after={first}&after={first}"), "after"),
        (&format!("after={beyond}"), "after"),
        (&format!("after={foreign}"), "after"),
        (&format!("after={of_all}"), "after"),
        ("limit=5", "limit"),
        ("before=x", "before"),
    ] {
        let path = format!("{EVENTS}?{query}");
        let reply = admin.get_with(&path, accept.0, accept.1).await;
        assert_eq!(reply.body(400)["field"], field, "{query}");
    }
}

#[tokio::test]
async fn cursors_hide_the_position_and_are_the_same_on_every_replica() {
    let world = World::new().await;
    let (other, _) = world.replica().await;
    let (id, mut texts) = (&world.first.organization.id, std::collections::HashSet::new());
    let here = Cursors::of(&OpContext::operator(&world.app), Some(id)).await.expect("cursors");
    let there = Cursors::of(&OpContext::operator(&other), Some(id)).await.expect("cursors");
    let globex = organization_id(&world).await;
    let foreign = Cursors::of(&OpContext::operator(&world.app), Some(&globex)).await;
    let foreign = foreign.expect("cursors");
    for position in [0, 1, 2, 255, 256, i64::MAX] {
        let text = here.text(position).expect("a cursor");
        assert_eq!(there.position(&text), Some(position));
        assert_eq!(foreign.position(&text), None);
        let mut damaged = text.clone().into_bytes();
        damaged[3] = if damaged[3] == b'A' { b'B' } else { b'A' };
        assert_eq!(here.position(&String::from_utf8(damaged).expect("text")), None);
        assert_eq!(text.len(), 22);
        // Neighbours have no beginning in common.
        assert!(texts.insert(text[..4].to_owned()), "{texts:?}");
    }
    assert_eq!(here.position(&here.text(-1).expect("a text")), None);
    for text in ["", "A", &"A".repeat(22), &"A".repeat(23), &"A".repeat(100_000)] {
        assert_eq!(here.position(text), None);
    }
}
