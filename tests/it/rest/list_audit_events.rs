use serde_json::json;

use super::{ACCOUNTS, ids, members, path};
use crate::support::World;

const EVENTS: &str = "/organizations/acme/audit-events";

#[tokio::test]
async fn audit_events_are_listed_with_actor_and_request_id() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    admin.patch(&path(&account), &json!({ "description": "d" })).await.body(200);
    let list = admin.get(&format!("{EVENTS}?limit=100")).await.body(200);
    let items = list["items"].as_array().expect("items");
    let event = items.iter().find(|it| it["action"] == "service_account.update").expect("it");
    let expected = [
        "action",
        "actor_id",
        "actor_kind",
        "actor_name",
        "changes",
        "client_address",
        "count",
        "created_at",
        "credential_id",
        "id",
        "outcome",
        "request_id",
        "target_id",
        "target_kind",
        "target_name",
    ];
    assert_eq!(members(event), expected);
    assert_eq!(event["changes"], json!([{ "field": "description", "new_value": "d" }]));
    assert_eq!(event["created_at"], "2026-11-24T12:00:00.123456Z");
    assert_eq!(
        (&event["actor_kind"], &event["actor_id"]),
        (&json!("service_account"), &json!(world.admin_account().id))
    );
    assert_eq!(
        (&event["target_kind"], &event["target_id"]),
        (&json!("service_account"), &json!(account.id))
    );
    let by_operator = items.iter().find(|it| it["actor_kind"] == "operator").expect("it");
    assert_eq!((by_operator.get("actor_id"), by_operator.get("client_address")), (None, None));
}

#[tokio::test]
async fn a_page_has_50_audit_events() {
    let world = World::new().await;
    let admin = world.admin().await;
    for _ in 0..60 {
        admin.post(ACCOUNTS, &json!({ "name": "x" })).await.body(201);
    }
    let first = admin.get(&format!("{EVENTS}?expand=permissions")).await.body(200);
    assert_eq!((ids(&first).len(), &first["page_info"]["has_next_page"]), (50, &json!(true)));
    assert_eq!(first["permissions"], json!({ "audit_events": { "export": true, "list": true } }));
    let end = first["page_info"]["end_cursor"].as_str().expect("a cursor");
    let rest = admin.get(&format!("{EVENTS}?after={end}")).await.body(200);
    assert!(ids(&rest).len() >= 10 && !ids(&rest).contains(&ids(&first)[49]));
    admin.get(&format!("{ACCOUNTS}?after={end}")).await.is_invalid("after");
}

#[tokio::test]
async fn a_filter_that_cannot_match_and_a_cursor_of_another_order_are_invalid() {
    let world = World::new().await;
    let (admin, _) = (world.admin().await, world.account(&[]).await);
    let newest = admin.get(&format!("{EVENTS}?limit=2&direction=desc")).await.body(200);
    let cursor = newest["page_info"]["end_cursor"].as_str().expect("a cursor");
    let accounts = admin.get(&format!("{ACCOUNTS}?limit=2")).await.body(200);
    let of_accounts = accounts["page_info"]["end_cursor"].as_str().expect("a cursor");
    for (query, field) in [
        ("types=role.grant,none", "types"),
        ("types=", "types"),
        ("outcome=GONE", "outcome"),
        ("actor_id=", "actor_id"),
        ("created_after=yesterday", "created_after"),
        ("order_by=name", "order_by"),
        ("direction=up", "direction"),
        (&format!("after={cursor}"), "after"),
        (&format!("before={cursor}"), "before"),
        (&format!("after={cursor}&direction=desc&outcome=success"), "after"),
        (&format!("after={of_accounts}"), "after"),
    ] {
        admin.get(&format!("{EVENTS}?{query}")).await.is_invalid(field);
    }
    admin.get(&format!("{EVENTS}?after={cursor}&direction=desc")).await.body(200);
}

#[tokio::test]
async fn a_member_cannot_list_audit_events() {
    let world = World::new().await;
    let refused = world.member().await.get(EVENTS).await;
    refused.is_error(403, "FORBIDDEN");
    assert_eq!(refused.json()["permission"], "audit_events:list");
    world.stranger().await.get(EVENTS).await.is_error(404, "NOT_FOUND");
}
