//! `postern audit export --format ocsf`.

mod schema;

use std::collections::HashMap;

use entity::{audit_event, audit_pending};
use postern::domain::audit::{self, ACTOR_KINDS, EventReason, EventType, Outcome};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, TransactionTrait};
use serde_json::{Value, json};

use super::exported;
use crate::support::World;

/// Class, id and name of the activity of each type of event, on its usual target.
const ACTIVITIES: [(&str, u32, u32, &str); 33] = [
    ("organization.create", 3004, 1, "Create"),
    ("organization.update", 3004, 3, "Update"),
    ("organization.allow_identifier", 3004, 99, "organization.allow_identifier"),
    ("organization.disallow_identifier", 3004, 99, "organization.disallow_identifier"),
    ("service_account.create", 3001, 1, "Create"),
    ("service_account.update", 3001, 99, "service_account.update"),
    ("service_account.delete", 3001, 6, "Delete"),
    ("service_account.disable", 3001, 5, "Disable"),
    ("service_account.enable", 3001, 2, "Enable"),
    ("service_account.revoke_tokens", 3001, 99, "service_account.revoke_tokens"),
    ("credential.create", 3004, 1, "Create"),
    ("credential.update", 3004, 3, "Update"),
    ("credential.delete", 3004, 4, "Delete"),
    ("credential.disable", 3004, 9, "Disable"),
    ("credential.enable", 3004, 8, "Enable"),
    ("credential.revoke_tokens", 3004, 99, "credential.revoke_tokens"),
    ("credential.rotate", 3004, 99, "credential.rotate"),
    ("credential.retire", 3004, 99, "credential.retire"),
    ("credential.cancel_rotation", 3004, 99, "credential.cancel_rotation"),
    ("credential.continue_rotation", 3004, 99, "credential.continue_rotation"),
    ("credential.refuse", 3002, 1, "Logon"),
    ("role.grant", 3001, 7, "Attach Policy"),
    ("role.revoke", 3001, 8, "Detach Policy"),
    ("role.create", 3004, 1, "Create"),
    ("role.update", 3004, 3, "Update"),
    ("role.delete", 3004, 4, "Delete"),
    ("api.create", 3004, 1, "Create"),
    ("api.update", 3004, 3, "Update"),
    ("api.delete", 3004, 4, "Delete"),
    ("api_scope.grant", 3001, 7, "Attach Policy"),
    ("api_scope.revoke", 3001, 8, "Detach Policy"),
    ("token.revoke", 3002, 2, "Logoff"),
    ("authentication.fail", 3002, 1, "Logon"),
];

/// The kinds of targets: those of the catalogue, and that of a malformed id.
const TARGETS: [&str; 7] =
    ["organization", "service_account", "credential", "role", "api", "token", "unknown"];

/// An event of this type by this actor on this target, with all that such an event may have.
fn event(
    world: &World,
    action: EventType,
    actor: &str,
    outcome: Outcome,
    target: &str,
) -> audit_event::Model {
    let text = |is_there: bool, text: &str| is_there.then(|| text.to_owned());
    let (is_account, succeeded) = (actor == "service_account", outcome == Outcome::Success);
    audit_event::Model {
        id: postern::random::id(),
        organization_id: world.first.organization.id.clone(),
        created_at: world.now(),
        actor_kind: actor.to_owned(),
        actor_id: text(is_account, "s0123456789abcdefghijklmno"),
        actor_name: text(is_account && succeeded, "Nightly export"),
        credential_id: text(is_account, "c0123456789abcdefghijklmno"),
        client_address: match actor {
            "operator" => None,
            "anonymous" => Some("192.0.2.0/24".to_owned()),
            _ => Some("192.0.2.1".to_owned()),
        },
        action: action.action().to_owned(),
        target_kind: target.to_owned(),
        target_id: format!("{target:0>26}"),
        target_name: text(succeeded, "Tried"),
        detail: text(!succeeded, "LAST_ADMIN"),
        changes: text(succeeded, r#"[{"field":"name","new":"Tried"}]"#),
        request_id: "tried".to_owned(),
        outcome: outcome.text().to_owned(),
        reason: text(!succeeded, EventReason::Conflict.text()),
        event_count: if succeeded { 1 } else { 26 },
    }
}

/// Records these events.
async fn record(world: &World, events: &[audit_event::Model]) {
    let transaction = world.app.db.writer().current().begin().await.expect("begun");
    for events in events.chunks(1_000) {
        let pending =
            events.iter().map(|it| audit_pending::ActiveModel { event_id: Set(it.id.clone()) });
        let rows = events.iter().cloned().map(|it| it.into_active_model().reset_all());
        let rows = audit_event::Entity::insert_many(rows);
        rows.exec_without_returning(&transaction).await.expect("inserted");
        let pending = audit_pending::Entity::insert_many(pending);
        pending.exec_without_returning(&transaction).await.expect("inserted");
    }
    transaction.commit().await.expect("committed");
}

/// The export of all events, by id.
async fn exported_by_id(world: &World) -> HashMap<String, Value> {
    let events = exported(world, &["--format", "ocsf"]).await.into_iter();
    events.map(|it| (it["metadata"]["uid"].as_str().expect("an id").to_owned(), it)).collect()
}

#[tokio::test]
async fn every_event_of_the_catalogue_is_valid_by_whomever_and_on_whatever_target() {
    let world = World::new().await;
    let mut events = Vec::new();
    for action in EventType::ALL {
        assert!(TARGETS.contains(&action.target_kind()), "{action:?}");
        for actor in ACTOR_KINDS {
            for outcome in Outcome::ALL {
                let of = |target: &&str| event(&world, *action, actor, *outcome, target);
                events.extend(TARGETS.iter().map(of));
            }
        }
    }
    record(&world, &events).await;
    let exported = exported_by_id(&world).await;
    for event in exported.values() {
        assert_eq!(schema::violations(event), Vec::<String>::new(), "{event}");
        assert!(event["unmapped"]["cursor"].is_string(), "{event}");
    }
    for event in &events {
        is_about(event, &exported[event.id.as_str()]);
    }
}

/// Asserts what an exported event says about the recorded one.
fn is_about(event: &audit_event::Model, ocsf: &Value) {
    assert_eq!(ocsf["metadata"]["event_code"], event.action, "{ocsf}");
    assert_eq!(ocsf["count"], event.event_count, "{ocsf}");
    let status = if event.outcome == "success" { "Success" } else { "Failure" };
    assert_eq!(ocsf["status"], status, "{ocsf}");
    assert_eq!(ocsf["actor"].is_null(), event.actor_kind == "anonymous", "{ocsf}");
    let target = ocsf.get("user").or(ocsf.get("entity")).expect("a target");
    if ocsf["class_uid"] == 3002 && event.actor_id.is_some() {
        assert_eq!(target, &ocsf["actor"]["user"], "{ocsf}");
    } else {
        assert_eq!(target["uid"], event.target_id, "{ocsf}");
    }
    // No resource is said to be created or deleted but that of the action.
    let (noun, _) = event.action.split_once('.').expect("a noun");
    if ocsf["class_uid"] == 3004 && ocsf["activity_id"] != 99 {
        assert_eq!(event.target_kind, noun, "{ocsf}");
    }
    if ocsf["class_uid"] == 3001 {
        assert_eq!(
            (event.target_kind.as_str(), &target["type"]),
            ("service_account", &json!("Service"))
        );
    }
}

#[tokio::test]
async fn each_type_of_event_has_its_class_and_its_activity() {
    let world = World::new().await;
    let of = |it: &EventType| event(&world, *it, "operator", Outcome::Success, it.target_kind());
    let events: Vec<_> = EventType::ALL.iter().map(of).collect();
    record(&world, &events).await;
    let exported = exported_by_id(&world).await;
    let activities = events.iter().map(|event| {
        let ocsf = &exported[event.id.as_str()];
        json!([event.action, ocsf["class_uid"], ocsf["activity_id"], ocsf["activity_name"]])
    });
    assert_eq!(activities.collect::<Vec<_>>(), ACTIVITIES.map(|it| json!(it)));
}

#[tokio::test]
async fn denied_and_failed_events_differ_from_successful_ones() {
    let world = World::new().await;
    let (viewer, target) = (world.viewer().await, world.account(&[]).await);
    let accounts = "/organizations/acme/service-accounts";
    let path = format!("{accounts}/{}", target.id);
    viewer.delete(&path).await.is_error(403, "FORBIDDEN");
    viewer.post(accounts, &json!({ "name": "x" })).await.is_error(403, "FORBIDDEN");
    let own = format!("{accounts}/{}", world.admin_account().id);
    world.admin().await.delete(&own).await.is_conflict("LAST_ADMIN");
    assert_eq!(world.admin().await.delete(&path).await.status, 204);
    audit::write_rejected(&world.app, true).await.expect("written");
    let events = exported(&world, &["--format", "ocsf"]).await;
    let status = |it: &Value| {
        json!([it["activity_name"], it["status_id"], it["status"], it["status_code"], it["count"]])
    };
    let of = |action: &'static str| {
        events.iter().filter(move |it| it["metadata"]["event_code"] == action)
    };
    let statuses: Vec<_> = of("service_account.delete").map(status).collect();
    for expected in [
        json!(["Delete", 1, "Success", null, 1]),
        json!(["Delete", 2, "Failure", "MISSING_PERMISSION", 1]),
        json!(["Delete", 2, "Failure", "CONFLICT", 1]),
    ] {
        assert!(statuses.contains(&expected), "{expected}: {statuses:?}");
    }
    assert_eq!(statuses.len(), 3, "{statuses:?}");
    // The denied creation has no account; its organization was not to be created.
    let creation = of("service_account.create").find(|it| it["status"] == "Failure");
    let creation = creation.expect("a denied creation");
    let class = [&creation["class_uid"], &creation["activity_id"], &creation["activity_name"]];
    assert_eq!(json!(class), json!([3004, 99, "service_account.create"]));
    assert_eq!(creation["entity"]["org"]["uid"], json!(world.first.organization.id));
}
