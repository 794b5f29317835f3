use serde_json::json;

use super::members;
use crate::support::World;

#[tokio::test]
async fn a_caller_lists_its_own_organization() {
    let world = World::new().await;
    world.other_tenant().await;
    let viewer = world.viewer().await;
    let page = viewer.get("/organizations").await.body(200);
    assert_eq!(members(&page), ["items", "page_info"]);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let organization = &page["items"][0];
    let expected = ["created_at", "id", "label", "name", "sso_enabled", "updated_at"];
    assert_eq!(members(organization), expected);
    assert_eq!(
        (&organization["label"], &organization["sso_enabled"]),
        (&json!("acme"), &json!(false))
    );
    let expanded = viewer.get("/organizations?expand=permissions").await.body(200);
    assert_eq!(expanded["permissions"], expanded["items"][0]["permissions"]);
    assert_eq!(expanded["permissions"]["organizations"], json!({ "read": true, "update": false }));
}

#[tokio::test]
async fn a_caller_without_a_role_lists_its_own_organization() {
    let world = World::new().await;
    let caller = world.sign_in(&world.account(&[]).await).await;
    let page = caller.get("/organizations?expand=permissions").await.body(200);
    assert_eq!(page["items"][0]["label"], "acme");
    assert_eq!(page["permissions"]["organizations"], json!({ "read": true, "update": false }));
    caller.get("/organizations?limit=0").await.is_error(400, "BAD_USER_INPUT");
    world.anonymous().get("/organizations").await.is_error(401, "UNAUTHENTICATED");
}
