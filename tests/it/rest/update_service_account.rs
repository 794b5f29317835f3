use chrono::TimeDelta;
use serde_json::json;

use super::{WRONG_NAMES, path};
use crate::support::{Reply, World};

#[tokio::test]
async fn an_absent_member_keeps_null_clears_and_a_value_sets() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = path(&account);
    let before = admin.get(&at).await.body(200);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(admin.patch(&at, &json!({})).await.body(200), before, "nothing changes");
    let named = admin.patch(&at, &json!({ "description": "d" })).await.body(200);
    assert_eq!((&named["name"], &named["description"]), (&json!("Tried"), &json!("d")));
    assert!(named["updated_at"].as_str() > before["updated_at"].as_str());
    let kept = admin.patch(&at, &json!({ "name": " n " })).await.body(200);
    assert_eq!((&kept["name"], &kept["description"]), (&json!("n"), &json!("d")));
    for clear in [json!(null), json!(""), json!("  ")] {
        let cleared = admin.patch(&at, &json!({ "description": clear })).await.body(200);
        assert_eq!((cleared.get("description"), &cleared["name"]), (None, &json!("n")));
        admin.patch(&at, &json!({ "description": "again" })).await.body(200);
    }
    let owned = json!({ "id": "s2", "created_at": null, "permissions": 1 });
    let after = admin.patch(&at, &owned).await.body(200);
    assert_eq!(after["id"], before["id"]);
    assert_eq!(admin.get(&at).await.body(200), after);
}

#[tokio::test]
async fn a_rejected_update_changes_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = path(&account);
    let before = admin.get(&at).await.text;
    let long = json!("x".repeat(256)).to_string();
    for name in WRONG_NAMES.into_iter().chain([long.as_str()]) {
        let body = format!(r#"{{"description":"new","name":{name}}}"#);
        let request = admin.request(reqwest::Method::PATCH, &at);
        let request = request.header("content-type", "application/json").body(body);
        Reply::of(request).await.is_error(400, "BAD_USER_INPUT");
    }
    let wrong = json!({ "name": "new", "description": "x".repeat(501) });
    admin.patch(&at, &wrong).await.is_error(400, "BAD_USER_INPUT");
    let viewer = world.viewer().await;
    viewer.patch(&at, &json!({ "name": "new" })).await.is_error(403, "FORBIDDEN");
    viewer.patch(&at, &json!({})).await.is_error(403, "FORBIDDEN");
    assert_eq!(admin.get(&at).await.text, before);
}
