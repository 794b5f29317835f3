//! The authenticated caller.

use postern::authz::Role;
use serde_json::json;

use super::path;
use crate::support::World;

#[tokio::test]
async fn the_viewer_is_the_caller_as_in_graphql() {
    let world = World::new().await;
    let account = world.account(&[Role::Viewer]).await;
    world.anonymous().ask_token(&account.form()).await.body(200);
    let caller = world.sign_in_for(&account, Some("service_accounts:read")).await;
    let viewer = caller.get("/viewer").await.body(200);
    let own = path(&account);
    assert_eq!(viewer["service_account"], caller.get(&own).await.body(200));
    assert_eq!(viewer["organization"], caller.get("/organizations/acme").await.body(200));
    let credential = format!("{own}/credentials/{}", account.credential);
    let admin = world.admin().await;
    assert_eq!(viewer["credential"], admin.get(&credential).await.body(200));
    let effective = caller.get("/effective-permissions").await.body(200);
    assert_eq!(viewer["effective_permissions"], effective);
    let query = "{ viewer { roles { label } scopes tokenExpiresAt } }";
    let graphql = caller.graphql(query, json!({})).await.data("/viewer");
    assert_eq!(viewer["scopes"], graphql["scopes"]);
    assert_eq!(viewer["token_expires_at"], graphql["tokenExpiresAt"]);
    assert_eq!(viewer["roles"][0]["label"], graphql["roles"][0]["label"]);
    let unscoped = world.sign_in(&account).await.get("/viewer").await.body(200);
    assert!(unscoped.get("scopes").is_none(), "{unscoped}");
}

#[tokio::test]
async fn a_caller_without_roles_reads_itself_as_the_viewer() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let viewer = world.sign_in(&account).await.get("/viewer").await.body(200);
    assert_eq!(viewer["credential"]["id"], json!(account.credential));
    assert_eq!(viewer["roles"], json!([]));
    let none = json!({
        "permissions": [],
        "on_service_accounts": [],
        "roles": [],
        "api_grants": [],
        "restricted_credentials": [],
    });
    assert_eq!(viewer["effective_permissions"], none);
    world.anonymous().get("/viewer").await.is_error(401, "UNAUTHENTICATED");
}
