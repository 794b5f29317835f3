//! Granting and revoking scopes of APIs.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::path;
use crate::support::{Account, Caller, Reply, World};

/// An API with three scopes, and where its grants to `account` are.
async fn api(admin: &Caller, account: &Account) -> (String, String) {
    let body = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a", "b", "c"] });
    let made = admin.post("/organizations/acme/apis", &body).await.body(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let at = format!("{}/api-grants/{id}", path(account));
    (id, at)
}

async fn put(caller: &Caller, at: &str, body: &Value) -> Reply {
    Reply::of(caller.request(Method::PUT, at).json(body)).await
}

#[tokio::test]
async fn api_scopes_are_granted_listed_and_revoked() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (id, at) = api(&admin, &account).await;
    let all = format!("{}/api-grants", path(&account));
    let one = put(&admin, &at, &json!({ "scopes": ["b"] })).await.body(200);
    assert_eq!(one, json!({ "api_id": id, "scopes": ["b"] }));
    let more = put(&admin, &at, &json!({ "scopes": ["a", "c", "b"] })).await.body(200);
    assert_eq!(more["scopes"], json!(["b", "a", "c"]));
    assert_eq!(world.member().await.get(&all).await.body(200)["items"], json!([more]));
    assert_eq!(admin.delete(&format!("{at}?scope=a+b")).await.status, 204);
    assert_eq!(admin.get(&all).await.body(200)["items"][0]["scopes"], json!(["c"]));
    assert_eq!(admin.delete(&at).await.status, 204);
    assert_eq!(admin.get(&all).await.body(200)["items"], json!([]));
    assert_eq!(admin.delete(&at).await.status, 204, "there is nothing to revoke");
}

#[tokio::test]
async fn requests_without_valid_scopes_change_nothing() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (_, at) = api(&admin, &account).await;
    put(&admin, &at, &json!({ "scopes": ["a"] })).await.body(200);
    put(&admin, &at, &json!({})).await.is_invalid("scopes");
    put(&admin, &at, &json!({ "scopes": ["a", "d"] })).await.is_invalid("scopes.1");
    put(&admin, &at, &json!({ "scope": ["b"] })).await.is_invalid("scope");
    admin.delete(&format!("{at}?scope=")).await.is_invalid("scope");
    admin.delete(&format!("{at}?scope=a%0A")).await.is_invalid("scope.0");
    admin.delete(&format!("{at}?scopes=b")).await.is_invalid("scopes");
    let list = admin.get(&format!("{}/api-grants", path(&account))).await.body(200);
    assert_eq!(list["items"][0]["scopes"], json!(["a"]));
}

#[tokio::test]
async fn granting_and_revoking_api_scopes_require_the_permission() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let (_, at) = api(&admin, &account).await;
    let member = world.member().await;
    put(&member, &at, &json!({ "scopes": ["a"] })).await.is_error(403, "FORBIDDEN");
    member.delete(&at).await.is_error(403, "FORBIDDEN");
    let all = format!("{}/api-grants", path(&account));
    world.viewer().await.get(&all).await.is_error(403, "FORBIDDEN");
    let nowhere = format!("{all}/p0000000000000000000000000");
    put(&admin, &nowhere, &json!({ "scopes": ["a"] })).await.is_error(404, "NOT_FOUND");
}
