use postern::authz::Role;
use serde_json::json;

use super::{WRONG_NAMES, credentials, members};
use crate::support::{Account, ClientKeys, Reply, World};

#[tokio::test]
async fn a_secret_is_returned_once_and_gets_tokens() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let body = json!({ "name": "Production", "description": "in the vault" });
    let reply = admin.post(&credentials(&account), &body).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let made = reply.body(201);
    let expected = ["client_id", "client_secret", "created_at", "description", "id", "name"];
    assert_eq!(members(&made), expected);
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    let new = Account {
        id: account.id.clone(),
        credential: text("id"),
        client_id: text("client_id"),
        secret: text("client_secret"),
    };
    let caller = world.sign_in(&new).await;
    let read = caller.get(&super::credential(&new)).await.body(200);
    let expected = ["client_id", "created_at", "description", "id", "last_used_at", "name"];
    assert_eq!(members(&read), expected);
    assert_eq!(read["last_used_at"], "2026-11-24T12:00:00.123456Z");
}

#[tokio::test]
async fn a_credential_has_the_expiry_and_restrictions_of_the_body() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let restrictions = json!({ "scopes": ["service_accounts:read"], "addresses": ["127.0.0.1"], "token_lifetime": 60 });
    let body = json!({
        "name": "x", "expires_at": "2026-12-24T00:00:00.5Z", "restrictions": restrictions, "id": "c1",
    });
    let made = admin.post(&credentials(&account), &body).await.body(201);
    let expected =
        ["client_id", "client_secret", "created_at", "expires_at", "id", "name", "restrictions"];
    assert_eq!(members(&made), expected);
    assert_eq!(made["expires_at"], "2026-12-24T00:00:00.500000Z");
    assert_eq!(made["restrictions"]["addresses"], json!(["127.0.0.1/32"]));
    assert_eq!(made["restrictions"]["token_lifetime"], 60);
    let id = made["id"].as_str().expect("an id");
    let read = admin.get(&format!("{}/{id}", credentials(&account))).await.body(200);
    assert_eq!(read["restrictions"], made["restrictions"]);
    let none = json!({ "name": "x", "expires_at": null, "restrictions": null, "public_key": null });
    let plain = admin.post(&credentials(&account), &none).await.body(201);
    assert_eq!(members(&plain), ["client_id", "client_secret", "created_at", "id", "name"]);
}

#[tokio::test]
async fn a_public_key_credential_has_no_secret() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = json!({ "name": "x", "public_key": ClientKeys::new("ES256").jwk().to_string() });
    let made = admin.post(&credentials(&account), &body).await.body(201);
    assert_eq!(members(&made), ["auth_method", "client_id", "created_at", "id", "name"]);
    assert_eq!(made["auth_method"], "private_key_jwt");
    let wrong = json!({ "name": "x", "public_key": "key" });
    admin.post(&credentials(&account), &wrong).await.is_invalid("public_key");
}

#[tokio::test]
async fn invalid_names_are_rejected_and_nothing_is_created() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credentials(&account);
    for name in WRONG_NAMES {
        let request = admin.request(reqwest::Method::POST, &at);
        let request = request.header("content-type", "application/json");
        let body = format!(r#"{{"name":{name}}}"#);
        Reply::of(request.body(body)).await.is_error(400, "BAD_USER_INPUT");
    }
    let long = json!({ "name": "x", "description": "x".repeat(501) });
    admin.post(&at, &long).await.is_error(400, "BAD_USER_INPUT");
    assert_eq!(super::ids(&admin.get(&at).await.body(200)).len(), 1);
}

#[tokio::test]
async fn creating_a_credential_for_a_more_privileged_account_is_forbidden() {
    let world = World::new().await;
    let admin = credentials(&world.admin_account());
    let body = json!({ "name": "x" });
    world.member().await.post(&admin, &body).await.is_error(403, "FORBIDDEN");
    world.admin().await.post(&admin, &body).await.body(201);
    let weak = world.account(&[Role::Viewer]).await;
    world.member().await.post(&credentials(&weak), &body).await.body(201);
    world.viewer().await.post(&credentials(&weak), &body).await.is_error(403, "FORBIDDEN");
    world.stranger().await.post(&admin, &body).await.is_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_account_has_a_limited_number_of_credentials() {
    let world = World::with(&[("CREDENTIALS_PER_ACCOUNT", "2")]).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    admin.post(&at, &body).await.body(201);
    let refused = admin.post(&at, &body).await;
    refused.is_error(409, "CONFLICT");
    assert_eq!(refused.header("x-should-retry"), Some("false"));
}
