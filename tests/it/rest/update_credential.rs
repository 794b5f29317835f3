use postern::authz::Role;
use serde_json::json;

use super::{WRONG_NAMES, credential, members};
use crate::support::{Reply, World};

#[tokio::test]
async fn an_absent_member_keeps_null_clears_and_a_value_sets() {
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
    let owned = json!({
        "client_id": "x", "client_secret": "x", "last_used_at": "x", "usage": {}, "auth_method": "none",
    });
    assert_eq!(admin.patch(&at, &owned).await.body(200), cleared);
    world.sign_in(&account).await;
}

#[tokio::test]
async fn the_expiry_is_set_kept_and_removed() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credential(&account);
    let set = json!({ "expires_at": "2027-01-01T01:00:00+01:00" });
    let set = admin.patch(&at, &set).await.body(200);
    assert_eq!(set["expires_at"], "2027-01-01T00:00:00.000000Z");
    assert_eq!(admin.get(&at).await.body(200), set);
    assert_eq!(admin.patch(&at, &json!({ "name": "Tried" })).await.body(200), set);
    admin
        .patch(&at, &json!({ "expires_at": "2020-01-01T00:00:00Z" }))
        .await
        .is_invalid("expires_at");
    let removed = admin.patch(&at, &json!({ "expires_at": null })).await.body(200);
    assert_eq!(members(&removed), ["client_id", "created_at", "id", "name"]);
    assert_eq!(admin.patch(&at, &set).await.body(200), set, "as it was read");
}

#[tokio::test]
async fn each_restriction_is_set_kept_and_removed_on_its_own() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let at = credential(&account);
    let parts = json!({
        "scopes": ["service_accounts:read"],
        "audiences": [world.app.config.audience],
        "addresses": ["127.0.0.0/8", "::1/128"],
        "token_lifetime": 60,
    });
    for (name, value) in parts.as_object().expect("parts") {
        let change = json!({ "restrictions": { name.as_str(): value } });
        assert_eq!(admin.patch(&at, &change).await.body(200)["restrictions"][name], *value);
    }
    assert_eq!(admin.get(&at).await.body(200)["restrictions"], parts);
    assert_eq!(
        admin.patch(&at, &json!({ "restrictions": {} })).await.body(200)["restrictions"],
        parts
    );
    let change = json!({ "restrictions": { "addresses": null, "token_lifetime": 600 } });
    let left = admin.patch(&at, &change).await.body(200)["restrictions"].clone();
    assert_eq!(members(&left), ["audiences", "scopes", "token_lifetime"]);
    let beyond = json!({ "restrictions": { "scopes": ["roles:grant"] } });
    admin.patch(&at, &beyond).await.is_invalid("restrictions.scopes.0");
    let none = admin.patch(&at, &json!({ "restrictions": null })).await.body(200);
    assert_eq!(none.get("restrictions"), None);
}

#[tokio::test]
async fn the_last_admin_keeps_a_credential_without_expiry() {
    let world = World::new().await;
    let at = credential(&world.admin_account());
    let ends = json!({ "expires_at": "2027-01-01T00:00:00Z" });
    world.admin().await.patch(&at, &ends).await.is_conflict("LAST_ADMIN");
}

#[tokio::test]
async fn a_rejected_update_changes_nothing() {
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
