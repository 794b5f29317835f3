use serde_json::json;

use super::WRONG_NAMES;
use crate::support::{Reply, World};

#[tokio::test]
async fn name_and_label_are_updated_and_absent_members_keep_their_value() {
    let world = World::new().await;
    let admin = world.admin().await;
    let before = admin.get("/organizations/acme").await.body(200);
    assert_eq!(admin.patch("/organizations/acme", &json!({})).await.body(200), before);
    let named = admin.patch("/organizations/acme", &json!({ "name": "Acme Inc." })).await.body(200);
    assert_eq!((&named["name"], &named["label"]), (&json!("Acme Inc."), &json!("acme")));
    let moved = admin.patch("/organizations/acme", &json!({ "label": "acme-inc" })).await.body(200);
    assert_eq!((&moved["name"], &moved["label"]), (&json!("Acme Inc."), &json!("acme-inc")));
    admin.get("/organizations/acme").await.is_error(404, "NOT_FOUND");
    assert_eq!(admin.get("/organizations/acme-inc").await.body(200), moved);
}

#[tokio::test]
async fn a_rejected_update_changes_nothing() {
    let world = World::new().await;
    world.other_tenant().await;
    let admin = world.admin().await;
    let before = admin.get("/organizations/acme").await.text;
    let taken =
        admin.patch("/organizations/acme", &json!({ "name": "n", "label": "globex" })).await;
    taken.is_error(409, "CONFLICT");
    assert_eq!(taken.header("x-should-retry"), Some("false"));
    for label in
        [json!(null), json!(""), json!("Acme"), json!("-a"), json!("a".repeat(64)), json!(1)]
    {
        let body = json!({ "name": "n", "label": label });
        admin.patch("/organizations/acme", &body).await.is_error(400, "BAD_USER_INPUT");
    }
    for name in WRONG_NAMES {
        let request = admin.request(reqwest::Method::PATCH, "/organizations/acme");
        let request = request.header("content-type", "application/json");
        let body = format!(r#"{{"label":"new","name":{name}}}"#);
        Reply::of(request.body(body)).await.is_error(400, "BAD_USER_INPUT");
    }
    let member = world.member().await;
    member.patch("/organizations/acme", &json!({ "name": "n" })).await.is_error(403, "FORBIDDEN");
    assert_eq!(admin.get("/organizations/acme").await.text, before);
}
