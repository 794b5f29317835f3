//! Audit events of operations that were denied or failed.

use chrono::TimeDelta;
use postern::authz::Role;
use postern::domain::audit;
use postern::rejections::GROUP_LIMIT;
use serde_json::json;

use super::{attempts, events};
use crate::support::{World, eventually};

const ACTION: &str = "service_account.delete";

#[tokio::test]
async fn a_hidden_target_is_recorded_as_the_caller_named_it() {
    let world = World::new().await;
    let (stranger, target) = (world.other_tenant().await, world.account(&[]).await);
    let caller = world.sign_in(&stranger).await;
    let path = format!("/organizations/acme/service-accounts/{}", target.id);
    caller.delete(&path).await.is_error(404, "NOT_FOUND");
    caller.delete("/organizations/acme/service-accounts/secret").await.is_error(404, "NOT_FOUND");
    let own = world.sign_in(&stranger).await;
    let query = r#"{ organization(id: "globex") { auditEvents(last: 100) { nodes { type outcome reason count targetId targetKind actorId detail } } } }"#;
    let mut nodes = json!(null);
    eventually("both events", async || {
        nodes = own.graphql(query, json!({})).await.data("/organization/auditEvents/nodes");
        nodes.to_string().matches("SERVICE_ACCOUNT_DELETE").count() == 2
    })
    .await;
    let denial = |target: &str, kind: &str| json!({ "type": "SERVICE_ACCOUNT_DELETE", "outcome": "DENIED", "reason": "HIDDEN", "count": 1, "targetId": target, "targetKind": kind, "actorId": stranger.id, "detail": null });
    let nodes = nodes.as_array().expect("nodes");
    assert!(nodes.contains(&denial(&target.id, "service_account")), "{nodes:?}");
    let globex = own.get("/organizations/globex").await.body(200)["id"].clone();
    let globex = globex.as_str().expect("an id");
    assert!(nodes.contains(&denial(globex, "organization")), "{nodes:?}");
    assert!(events(&world, ACTION).await.is_empty(), "nothing is recorded in the other tenant");
}

#[tokio::test]
async fn a_conflict_is_recorded_as_failed_with_its_reason() {
    let world = World::new().await;
    let (admin, id) = (world.admin().await, world.admin_account().id);
    admin.mutate("deleteServiceAccount", json!({ "id": id })).await.is_graphql_error("CONFLICT");
    eventually("the event", async || !events(&world, ACTION).await.is_empty()).await;
    let event = events(&world, ACTION).await.remove(0);
    assert_eq!((event.outcome.as_str(), event.reason.as_deref()), ("failed", Some("CONFLICT")));
    assert_eq!((event.detail.as_deref(), event.target_id), (Some("LAST_ADMIN"), id));
}

#[tokio::test]
async fn a_denied_grant_names_the_role() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let input = json!({ "serviceAccountId": target.id, "role": "org_admin" });
    viewer.mutate("grantRole", input).await.is_graphql_error("FORBIDDEN");
    let path = format!("/organizations/acme/service-accounts/{}/roles", target.id);
    viewer.delete(&format!("{path}/org_member")).await.is_error(403, "FORBIDDEN");
    viewer.delete(&format!("{path}/No%20role")).await.is_error(403, "FORBIDDEN");
    for (action, changes) in [
        ("role.grant", vec![json!([{ "field": "roles", "new": "org_admin" }])]),
        ("role.revoke", vec![json!([{ "field": "roles", "old": "org_member" }]), json!(null)]),
    ] {
        let denied = async || {
            let events = events(&world, action).await.into_iter();
            events.filter(|it| it.outcome == "denied").collect::<Vec<_>>()
        };
        eventually("the events", async || denied().await.len() == changes.len()).await;
        for event in denied().await {
            assert_eq!(event.target_id, target.id);
            let stored = event.changes.as_deref().map_or(Ok(json!(null)), serde_json::from_str);
            let stored = stored.expect("JSON");
            assert!(changes.contains(&stored), "{action}: {stored}");
        }
    }
}

#[tokio::test]
async fn the_input_of_a_denied_update_is_not_recorded() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let input = json!({ "id": target.id, "name": "Renamed", "description": "Requested" });
    viewer.mutate("updateServiceAccount", input).await.is_graphql_error("FORBIDDEN");
    audit::write_rejected(&world.app, true).await.expect("written");
    let event = events(&world, "service_account.update").await.remove(0);
    assert_eq!((event.outcome.as_str(), event.changes), ("denied", None));
}

#[tokio::test]
async fn invalid_input_leaves_no_event() {
    let world = World::new().await;
    let admin = world.admin().await;
    let input = json!({ "id": "acme", "name": "" });
    admin.mutate("updateOrganization", input).await.is_graphql_error("BAD_USER_INPUT");
    audit::write_rejected(&world.app, true).await.expect("written");
    assert!(events(&world, "organization.update").await.is_empty());
}

#[tokio::test]
async fn equal_attempts_of_a_minute_are_two_events() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let path = format!("/organizations/acme/service-accounts/{}", target.id);
    viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    eventually("the first event", async || !events(&world, ACTION).await.is_empty()).await;
    for _ in 0..25 {
        viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    }
    assert_eq!(attempts(&events(&world, ACTION).await), 1);
    world.clock.advance(TimeDelta::seconds(61));
    eventually("the repetitions", async || events(&world, ACTION).await.len() == 2).await;
    assert_eq!(attempts(&events(&world, ACTION).await), 26);
    world.clock.advance(TimeDelta::seconds(61));
    audit::write_rejected(&world.app, false).await.expect("written");
    assert_eq!(events(&world, ACTION).await.len(), 2, "nothing is written without attempts");
}

#[tokio::test]
async fn a_caller_cannot_flood_the_audit_trail_with_invented_targets() {
    let world = World::new().await;
    let (viewer, account) = {
        let account = world.account(&[Role::Viewer]).await;
        (world.sign_in(&account).await, account)
    };
    let total = 5 * GROUP_LIMIT;
    for nth in 0..total {
        let path = format!("/organizations/acme/service-accounts/s{nth:025}");
        viewer.delete(&path).await.is_error(404, "NOT_FOUND");
    }
    eventually("all attempts", async || {
        audit::write_rejected(&world.app, true).await.expect("written");
        attempts(&events(&world, ACTION).await) == total as i64
    })
    .await;
    let events = events(&world, ACTION).await;
    let sums = events.iter().filter(|it| it.reason.as_deref() == Some("SEVERAL_REASONS"));
    assert!(sums.clone().count() >= 1);
    assert!(sums.clone().all(|it| it.actor_id.as_deref() == Some(&account.id)));
    // Each forced write ends a window.
    assert!(events.len() < total, "{} events", events.len());
}

#[tokio::test]
async fn attempts_are_written_once_after_a_failed_write() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let path = format!("/organizations/acme/service-accounts/{}", target.id);
    viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    eventually("the event", async || !events(&world, ACTION).await.is_empty()).await;
    viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    let taken = world.app.rejections.take(true);
    // As after a commit whose answer was lost: the next write begins with the same events.
    for _ in 0..2 {
        world.app.rejections.unwritten.lock().await.extend(taken.clone());
        audit::write_rejected(&world.app, false).await.expect("written");
    }
    let written = events(&world, ACTION).await;
    assert_eq!((written.len(), attempts(&written)), (2, 2));
}
