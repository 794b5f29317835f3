use serde_json::json;

use super::{WRONG_NAMES, credential};
use crate::support::{Reply, World};

#[tokio::test]
async fn absent_keeps_null_clears_and_a_value_is_set() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credential(&account);
    let before = admin.get(&at).await.body(200);
    assert_eq!(admin.patch(&at, &json!({})).await.body(200), before);
    let set = admin.patch(&at, &json!({ "name": "n", "description": "d" })).await.body(200);
    assert_eq!((&set["name"], &set["description"]), (&json!("n"), &json!("d")));
    assert_eq!(admin.patch(&at, &json!({})).await.body(200), set);
    let cleared = admin.patch(&at, &json!({ "description": null })).await.body(200);
    assert_eq!((&cleared["name"], cleared.get("description")), (&json!("n"), None));
    let owned = json!({ "client_id": "x", "client_secret": "x", "last_used_at": "x" });
    assert_eq!(admin.patch(&at, &owned).await.body(200), cleared);
    world.sign_in(&account).await;
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credential(&account);
    let before = admin.get(&at).await.text;
    for name in WRONG_NAMES {
        let request = admin.request(reqwest::Method::PATCH, &at);
        let request = request.header("content-type", "application/json");
        let body = format!(r#"{{"description":"new","name":{name}}}"#);
        Reply::of(request.body(body)).await.is_error(400, "BAD_USER_INPUT");
    }
    world.viewer().await.patch(&at, &json!({ "name": "n" })).await.is_error(403, "FORBIDDEN");
    world.member().await.patch(&at, &json!({ "name": "" })).await.is_error(400, "BAD_USER_INPUT");
    assert_eq!(admin.get(&at).await.text, before);
}
