//! Members of bodies: none that an operation does not know is ignored, and all of them are named.

use postern::authz::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::start_credential_rotation::start;
use super::{ACCOUNTS, credential, credentials, named, path};
use crate::support::{Account, Caller, Reply, World};

/// The operations that take no input, in an order in which each of them succeeds.
fn without_input(account: &Account) -> Vec<String> {
    let (account, credential) = (path(account), credential(account));
    let mut all = Vec::new();
    for verb in ["disable", "enable", "revoke-tokens"] {
        all.extend([format!("{account}/{verb}"), format!("{credential}/{verb}")]);
    }
    all.push(format!("{credential}/rotation/finish"));
    all
}

async fn send(caller: &Caller, at: &str, kind: Option<&str>, body: &str) -> Reply {
    let request = caller.request(Method::POST, at).body(body.to_owned());
    Reply::of(match kind {
        Some(kind) => request.header("content-type", kind),
        None => request,
    })
    .await
}

#[tokio::test]
async fn an_operation_without_input_rejects_every_member() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    start(&admin, &account, &json!({})).await.body(201);
    let before = world.dump().await;
    for at in without_input(&account) {
        for member in ["reason", "disabled_at", "retires_at", "expires_at", "force", "name"] {
            admin.post(&at, &json!({ member: null })).await.is_invalid(member);
        }
        let several = admin.post(&at, &json!({ "until": 1, "id": "x", "dry_run": true })).await;
        assert_eq!(named(&several), ["dry_run", "until"]);
        admin.post(&at, &json!([])).await.is_error(400, "BAD_USER_INPUT");
        let json = Some("application/json");
        send(&admin, &at, json, "{").await.is_error(400, "BAD_USER_INPUT");
        send(&admin, &at, json, r#"{"id":1,"id":1}"#).await.is_invalid("id");
        let text = send(&admin, &at, Some("text/plain"), "{}").await;
        text.is_error(415, "UNSUPPORTED_MEDIA_TYPE");
        let large = format!(r#"{{"id":"{}"}}"#, "x".repeat(65_536));
        send(&admin, &at, json, &large).await.is_error(413, "PAYLOAD_TOO_LARGE");
    }
    assert_eq!(world.dump().await, before, "nothing has changed");
}

#[tokio::test]
async fn an_operation_without_input_accepts_no_body_and_an_empty_object() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    start(&admin, &account, &json!({})).await.body(201);
    let json = Some("application/json");
    for at in without_input(&account) {
        for (kind, body) in
            [(None, ""), (json, ""), (json, "{}"), (json, "null"), (json, r#"{"id":"x"}"#)]
        {
            send(&admin, &at, kind, body).await.body(200);
        }
    }
}

#[tokio::test]
async fn misspelt_restrictions_and_expiry_are_never_ignored() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let before = world.dump().await;
    for member in ["disabled_at", "retires_at"] {
        let body = json!({ "name": "x", member: "2026-11-24T12:00:00Z" });
        for at in [ACCOUNTS, &credentials(&account), &format!("{}/rotation", credential(&account))]
        {
            admin.post(at, &body).await.is_invalid(member);
        }
        for at in [path(&account), credential(&account), "/organizations/acme".to_owned()] {
            let reply = admin.patch(&at, &body).await;
            reply.is_invalid(member);
            let message = reply.json()["message"].clone();
            let expected = "cannot be set here; use the operations disable, enable or rotation";
            assert_eq!(message, format!("{member}: {expected}"));
        }
    }
    assert_eq!(world.dump().await, before, "nothing has changed");
}

#[tokio::test]
async fn all_invalid_members_are_named_in_one_error() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let post = async |at: &str, body: &str| send(&admin, at, Some("application/json"), body).await;
    let reply = post(ACCOUNTS, r#"{"name":1,"nam":"x","id":1,"id":2,"roles":["a",2,"b",3]}"#).await;
    assert_eq!(named(&reply), ["id", "nam", "name", "roles.1", "roles.3"]);
    let body = json!({
        "expires": null,
        "expires_at": "tomorrow",
        "restrictions": { "scope": [], "addresses": "::1", "token_lifetime": 1.5 },
    });
    let reply = admin.post(&credentials(&account), &body).await;
    let expected = [
        "expires",
        "expires_at",
        "restrictions.addresses",
        "restrictions.scope",
        "restrictions.token_lifetime",
    ];
    assert_eq!(named(&reply), expected);
    assert_eq!(reply.json()["field"], "expires");
}

#[tokio::test]
async fn the_first_of_many_unknown_members_are_named() {
    let world = World::new().await;
    let admin = world.admin().await;
    let many: serde_json::Map<_, _> =
        (0..5_000).map(|it| (format!("m{it:04}"), Value::Null)).collect();
    let reply = admin.post(ACCOUNTS, &Value::Object(many)).await;
    let names = named(&reply);
    assert_eq!((names.len(), names[0].as_str(), names[19].as_str()), (20, "m0000", "m0019"));
}

#[tokio::test]
async fn a_resource_can_be_sent_back_as_returned() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for at in [path(&account), credential(&account), "/organizations/acme".to_owned()] {
        let read = admin.get(&format!("{at}?expand=permissions,usage")).await.body(200);
        let plain = admin.get(&at).await.body(200);
        assert_eq!(admin.patch(&at, &read).await.body(200), plain);
    }
}
