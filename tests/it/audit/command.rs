//! `postern audit export` and `postern audit verify`.

use serde_json::{Value, json};

use super::{close_block, drop_triggers, run, sql};
use crate::support::{Reply, World};

/// The required attributes of OCSF 1.6.0, from github.com/ocsf/ocsf-schema, tag v1.6.0:
/// events/base_event.json, events/iam/*.json, and objects/metadata.json.
const BASE: [&str; 7] =
    ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];
const METADATA: [&str; 2] = ["product", "version"];
/// The attributes that each class requires in addition; of Authentication also one of `service` and
/// `dst_endpoint`.
const CLASSES: [(u64, &[&str]); 3] =
    [(3001, &["user"]), (3002, &["user", "service"]), (3004, &["entity"])];

async fn lines(world: &World, arguments: &[&str]) -> Vec<Value> {
    let output = run(world, &[&["audit", "export"], arguments].concat()).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn an_export_prints_the_log_and_continues_after_a_cursor() {
    let world = World::new().await;
    world.other_tenant().await;
    let all = lines(&world, &[]).await;
    let acme = lines(&world, &["--organization", "acme"]).await;
    let globex = lines(&world, &["--organization", "globex"]).await;
    assert!(!acme.is_empty() && acme.len() + globex.len() == all.len());
    let cursor = all[3]["cursor"].as_str().expect("a cursor");
    assert_eq!(lines(&world, &["--after", cursor]).await, all[4..]);
    let output = run(&world, &["audit", "export", "--organization", "nobody"]).await;
    assert_eq!(output.status.code(), Some(1));
    // Neither is a cursor of an organization one of the log of all.
    for cursor in ["nothing", acme[0]["cursor"].as_str().expect("a cursor")] {
        let output = run(&world, &["audit", "export", "--after", cursor]).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
}

#[tokio::test]
async fn an_export_in_ocsf_has_the_required_attributes_of_each_class() {
    let world = World::new().await;
    let account = world.account(&[postern::authz::Role::Viewer]).await;
    let token = world.anonymous().ask_token(&account.form()).await.json();
    let token = token["access_token"].as_str().expect("a token").to_owned();
    let mut form = account.form();
    form.retain(|(name, _)| *name != "grant_type");
    form.push(("token", &token));
    let revoke = world.anonymous().request(reqwest::Method::POST, "/oauth/revoke").form(&form);
    assert_eq!(Reply::of(revoke).await.status, 200);
    let events = lines(&world, &["--format", "ocsf"]).await;
    let mut classes = std::collections::BTreeSet::new();
    for event in &events {
        let class = event["class_uid"].as_u64().expect("a class");
        classes.insert(class);
        let (_, own) = CLASSES.iter().find(|(it, _)| *it == class).expect("a known class");
        for name in BASE.iter().chain(*own) {
            assert!(!event[*name].is_null(), "{name}: {event}");
        }
        for name in METADATA {
            assert!(!event["metadata"][name].is_null(), "{name}: {event}");
        }
        let activity = event["activity_id"].as_u64().expect("an activity");
        assert_eq!(event["type_uid"], class * 100 + activity);
        assert!(event["unmapped"]["cursor"].is_string());
    }
    assert_eq!(classes.into_iter().collect::<Vec<_>>(), [3001, 3002, 3004]);
}

#[tokio::test]
async fn ocsf_tells_denied_and_failed_events_from_successful_ones() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let path = format!("/organizations/acme/service-accounts/{}", target.id);
    viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    let own = format!("/organizations/acme/service-accounts/{}", world.admin_account().id);
    world.admin().await.delete(&own).await.is_conflict("LAST_ADMIN");
    assert_eq!(world.admin().await.delete(&path).await.status, 204);
    postern::domain::audit::write_rejected(&world.app, true).await.expect("written");
    let events = lines(&world, &["--format", "ocsf"]).await;
    let status =
        |it: &Value| json!([it["status_id"], it["status"], it["status_code"], it["count"]]);
    let deletions = events.iter().filter(|it| it["activity_name"] == "service_account.delete");
    let statuses: Vec<_> = deletions.map(status).collect();
    for expected in [
        json!([1, "Success", null, 1]),
        json!([2, "Failure", "MISSING_PERMISSION", 1]),
        json!([2, "Failure", "CONFLICT", 1]),
    ] {
        assert!(statuses.contains(&expected), "{expected}: {statuses:?}");
    }
    assert_eq!(statuses.len(), 3, "{statuses:?}");
}

#[tokio::test]
async fn verification_succeeds_until_something_was_changed() {
    let world = World::new().await;
    close_block(&world).await;
    let output = run(&world, &["audit", "verify"]).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("head     acme: block 1, ") && text.contains("verified "), "{text}");
    let hash = "0".repeat(64);
    let output = run(&world, &["audit", "verify", "--organization", "acme", "--head", &hash]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");

    drop_triggers(&world).await;
    sql(&world, "UPDATE audit_events SET detail = 'forged'").await.expect("changed");
    let output = run(&world, &["audit", "verify"]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("finding  acme: block 1: an event was changed"), "{text}");
}
