use chrono::TimeDelta;
use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{credential, credentials, ids, members};
use crate::support::{Account, Caller, ClientKeys, Reply, World};

/// The account with the credential that a rotation created.
pub fn successor(made: &Value, old: &Account) -> Account {
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    Account {
        credential: text("id"),
        client_id: text("client_id"),
        secret: text("client_secret"),
        ..old.clone()
    }
}

pub async fn start(caller: &Caller, old: &Account, body: &Value) -> Reply {
    caller.post(&format!("{}/rotation", credential(old)), body).await
}

#[tokio::test]
async fn both_credentials_are_valid_until_the_old_one_retires() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let reply = start(&admin, &old, &json!({ "overlap": 3600 })).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let made = reply.body(201);
    let expected = ["client_id", "client_secret", "created_at", "id", "name"];
    assert_eq!(members(&made), expected);
    assert_eq!(made["name"], "Tried");
    let new = successor(&made, &old);
    let read = admin.get(&credential(&old)).await.body(200);
    assert_eq!(read["retires_at"], "2026-11-24T13:00:00.123456Z");
    world.sign_in(&old).await;
    world.sign_in(&new).await;
    world.clock.advance(TimeDelta::hours(1));
    world.anonymous().ask_token(&old.form()).await.is_oauth_error(401, "invalid_client");
    world.sign_in(&new).await;
}

#[tokio::test]
async fn the_default_overlap_is_a_week() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    start(&admin, &old, &json!([])).await.is_error(400, "BAD_USER_INPUT");
    admin.post_empty(&format!("{}/rotation", credential(&old))).await.body(201);
    let read = admin.get(&credential(&old)).await.body(200);
    assert_eq!(read["retires_at"], "2026-12-01T12:00:00.123456Z");
    start(&admin, &old, &json!({})).await.is_conflict("ROTATION_IN_PROGRESS");
}

#[tokio::test]
async fn the_new_credential_inherits_restrictions_and_expiry() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let ends = "2027-01-01T00:00:00.000000Z";
    let change = json!({ "expires_at": ends, "restrictions": { "token_lifetime": 60 } });
    admin.patch(&credential(&old), &change).await.body(200);
    start(&admin, &old, &json!({ "expires_at": "2027-01-02T00:00:00Z" }))
        .await
        .is_invalid("expires_at");
    for (body, field) in [
        (json!({ "overlap": -1 }), "overlap"),
        (json!({ "overlap": "1h" }), "overlap"),
        (json!({ "restrictions": null }), "restrictions"),
        (json!({ "name": "" }), "name"),
        (json!({ "public_key": "x" }), "public_key"),
    ] {
        start(&admin, &old, &body).await.is_invalid(field);
    }
    assert_eq!(ids(&admin.get(&credentials(&old)).await.body(200)).len(), 1);
    let key = ClientKeys::new("EdDSA").jwk().to_string();
    let body = json!({ "name": "n", "description": "d", "public_key": key });
    let made = start(&admin, &old, &body).await.body(201);
    assert_eq!((&made["name"], &made["description"]), (&json!("n"), &json!("d")));
    assert_eq!(made["auth_method"], "private_key_jwt");
    assert_eq!(made.get("client_secret"), None);
    assert_eq!(
        (&made["expires_at"], &made["restrictions"]),
        (&json!(ends), &json!({ "token_lifetime": 60 }))
    );
}

#[tokio::test]
async fn an_idempotency_key_starts_one_rotation() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let send = || {
        let request = admin.request(Method::POST, &format!("{}/rotation", credential(&old)));
        Reply::of(request.header("idempotency-key", "k").json(&json!({ "overlap": 60 })))
    };
    let first = send().await.body(201);
    assert_eq!(send().await.body(201), first);
    assert_eq!(ids(&admin.get(&credentials(&old)).await.body(200)).len(), 2);
}

#[tokio::test]
async fn rotating_a_credential_of_a_more_privileged_account_is_forbidden() {
    let world = World::new().await;
    let (member, admin) = (world.member().await, world.admin_account());
    start(&member, &admin, &json!({})).await.is_error(403, "FORBIDDEN");
    let weak = world.account(&[Role::Viewer]).await;
    start(&member, &weak, &json!({})).await.body(201);
}
