//! A create that is sent again is done once, and answered alike.

use chrono::TimeDelta;
use entity::{TenantScoped, idempotency_key};
use postern::authz::Role;
use postern::domain::idempotency::delete_expired;
use reqwest::Method;
use sea_orm::PaginatorTrait;
use serde_json::{Value, json};

use super::{ACCOUNTS, credentials, ids};
use crate::support::{Account, Caller, Reply, World};

const KEY: &str = "idempotency-key";
const NAME: &str = "x-client-request-id";
const COUNT: &str = "x-stainless-retry-count";

async fn create(caller: &Caller, path: &str, body: &Value, headers: &[(&str, &str)]) -> Reply {
    let request = caller.request(Method::POST, path).json(body);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Reply::of(request).await
}

async fn count(caller: &Caller, path: &str) -> usize {
    ids(&caller.get(path).await.body(200)).len()
}

async fn kept(world: &World) -> Vec<idempotency_key::Model> {
    let all = idempotency_key::Entity::in_org(&world.first.organization.id);
    all.all(world.app.db.reader()).await.expect("rows")
}

async fn ready() -> (World, Caller, Account) {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    (world, admin, account)
}

#[tokio::test]
async fn an_idempotency_key_returns_the_first_response_with_its_secret_at_every_replica() {
    let (world, admin, account) = ready().await;
    let (_, other) = world.replica().await;
    let (at, body) = (credentials(&account), json!({ "name": "Production" }));
    let first = create(&admin, &at, &body, &[(KEY, "one")]).await;
    let secret = first.body(201)["client_secret"].clone();
    assert!(secret.as_str().is_some_and(|secret| secret.starts_with("psk_")));
    for caller in [&admin, &admin.at(&other)] {
        let again =
            create(caller, &at, &body, &[(KEY, "one"), (NAME, "second"), (COUNT, "1")]).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(again.header("cache-control"), Some("no-store"));
        assert_eq!(again.header(NAME), Some("second"));
    }
    assert_eq!(count(&admin, &at).await, 2, "the one of the account and this");
    let another = create(&admin, &at, &body, &[(KEY, "two")]).await;
    assert_ne!(another.body(201)["id"], first.json()["id"]);
}

#[tokio::test]
async fn an_idempotency_key_creates_one_service_account() {
    let (_world, admin, _) = ready().await;
    let body = json!({ "name": "x", "description": "d" });
    let first = create(&admin, ACCOUNTS, &body, &[(KEY, "k")]).await;
    let again = create(&admin, ACCOUNTS, &body, &[(KEY, "k")]).await;
    assert_eq!((again.body(201), count(&admin, ACCOUNTS).await), (first.body(201), 3));
}

#[tokio::test]
async fn an_idempotency_key_with_another_body_is_rejected() {
    let (_world, admin, account) = ready().await;
    let at = credentials(&account);
    create(&admin, &at, &json!({ "name": "a" }), &[(KEY, "k")]).await.body(201);
    let refused = create(&admin, &at, &json!({ "name": "b" }), &[(KEY, "k")]).await;
    refused.is_error(409, "CONFLICT");
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    assert_eq!(count(&admin, &at).await, 2);
    // Elsewhere it is another key.
    create(&admin, ACCOUNTS, &json!({ "name": "b" }), &[(KEY, "k")]).await.body(201);
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_its_caller() {
    let (world, admin, account) = ready().await;
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    let first = create(&admin, &at, &body, &[(KEY, "k")]).await.body(201);
    let member = create(&world.member().await, &at, &body, &[(KEY, "k")]).await.body(201);
    assert_ne!(member["client_secret"], first["client_secret"]);
}

#[tokio::test]
async fn a_replay_requires_the_permission_of_the_first_request() {
    let (world, admin, account) = ready().await;
    let weak = world.account(&[Role::Member]).await;
    let (caller, at, body) =
        (world.sign_in(&weak).await, credentials(&account), json!({ "name": "x" }));
    create(&caller, &at, &body, &[(KEY, "k")]).await.body(201);
    admin
        .mutate("revokeRole", json!({ "serviceAccountId": weak.id, "role": "org_member" }))
        .await
        .data("");
    create(&caller, &at, &body, &[(KEY, "k")]).await.is_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_rejected_create_does_not_use_its_idempotency_key() {
    let (world, admin, account) = ready().await;
    let at = credentials(&account);
    let wrong = create(&admin, &at, &json!({ "name": "" }), &[(KEY, "k")]).await;
    wrong.is_error(400, "BAD_USER_INPUT");
    create(&admin, &at, &json!({ "name": "x" }), &[(KEY, "k")]).await.body(201);
    assert_eq!(kept(&world).await.len(), 1);
}

#[tokio::test]
async fn invalid_idempotency_keys_are_rejected() {
    let (_world, admin, _) = ready().await;
    let (body, long) = (json!({ "name": "x" }), "k".repeat(256));
    for wrong in ["", " ", "a b", "a\tb", long.as_str(), "schlüssel"] {
        create(&admin, ACCOUNTS, &body, &[(KEY, wrong)]).await.is_error(400, "BAD_USER_INPUT");
    }
    let twice = create(&admin, ACCOUNTS, &body, &[(KEY, "a"), (KEY, "b")]).await;
    twice.is_error(400, "BAD_USER_INPUT");
    create(&admin, ACCOUNTS, &body, &[(KEY, &"k".repeat(255))]).await.body(201);
}

#[tokio::test]
async fn a_request_with_a_retry_count_returns_the_first_response() {
    let (_world, admin, account) = ready().await;
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    let first = create(&admin, &at, &body, &[(NAME, "r-1"), (COUNT, "0")]).await.body(201);
    for count in ["1", "2"] {
        let again = create(&admin, &at, &body, &[(NAME, "r-1"), (COUNT, count)]).await.body(201);
        assert_eq!(again, first);
    }
    let other_body = json!({ "name": "y" });
    let other = create(&admin, &at, &other_body, &[(NAME, "r-1"), (COUNT, "1")]).await.body(201);
    assert_ne!(other["id"], first["id"], "another request that bears the same name");
    for headers in
        [vec![(NAME, "r-1")], vec![(NAME, "r-1"), (COUNT, "0")], vec![(COUNT, "1")], vec![]]
    {
        let new = create(&admin, &at, &body, &headers).await.body(201);
        assert_ne!(new["id"], first["id"], "it does not say that it is a repetition");
    }
}

#[tokio::test]
async fn concurrent_retries_create_one_resource() {
    let (world, admin, account) = ready().await;
    let (_, other) = world.replica().await;
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    let there = admin.at(&other);
    let send = |caller: &Caller, headers: Vec<(&'static str, &'static str)>| {
        let (caller, at, body) = (caller.clone(), at.clone(), body.clone());
        async move { create(&caller, &at, &body, &headers).await.body(201) }
    };
    let key = || vec![(KEY, "k")];
    let (a, b, c, d) = tokio::join!(
        send(&admin, key()),
        send(&there, key()),
        send(&admin, key()),
        send(&there, key())
    );
    assert_eq!((&a, &a, &a), (&b, &c, &d));
    assert_eq!(count(&admin, &at).await, 2);
    // The second is sent when the first has been given up, but has not been done yet.
    let (first, again) = (vec![(NAME, "r"), (COUNT, "0")], vec![(NAME, "r"), (COUNT, "1")]);
    world.clock.advance(TimeDelta::seconds(1));
    let repeated = send(&there, again.clone()).await;
    assert_eq!(send(&admin, again).await, repeated);
    assert_ne!(send(&admin, first).await, repeated, "it came later, so it is another");
}

#[tokio::test]
async fn an_idempotency_key_expires_after_ten_minutes() {
    let (world, admin, account) = ready().await;
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    let first = create(&admin, &at, &body, &[(KEY, "k")]).await.body(201);
    world.clock.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
    delete_expired(&world.app).await.expect("forgotten");
    assert_eq!(create(&admin, &at, &body, &[(KEY, "k")]).await.body(201), first);
    world.clock.advance(TimeDelta::microseconds(1));
    let other = json!({ "name": "y" });
    let second = create(&admin, &at, &other, &[(KEY, "k")]).await.body(201);
    assert_ne!(second["client_secret"], first["client_secret"]);
    assert_eq!(kept(&world).await.len(), 1);
    world.clock.advance(TimeDelta::minutes(10));
    delete_expired(&world.app).await.expect("forgotten");
    assert_eq!(kept(&world).await.len(), 0);
}

#[tokio::test]
async fn a_stored_response_reveals_neither_secret_nor_key_nor_body() {
    let (world, admin, account) = ready().await;
    let (at, body) = (credentials(&account), json!({ "name": "Recognisable" }));
    let made = create(&admin, &at, &body, &[(KEY, "my-own-key")]).await.body(201);
    let [row] = kept(&world).await.try_into().expect("one row");
    let sealed = String::from_utf8_lossy(&row.encrypted_result).into_owned();
    let secret = made["client_secret"].as_str().expect("a secret");
    for inside in [secret, "Recognisable", "my-own-key", &account.id] {
        assert!(!format!("{} {} {sealed}", row.id, row.fingerprint).contains(inside), "{inside}");
    }
    assert!(row.encrypted_result.len() > secret.len());
}

#[tokio::test]
async fn a_create_without_a_request_id_stores_no_response() {
    let (world, admin, account) = ready().await;
    create(&admin, &credentials(&account), &json!({ "name": "x" }), &[]).await.body(201);
    let all = idempotency_key::Entity::in_org(&world.first.organization.id);
    assert_eq!(all.count(world.app.db.reader()).await.expect("a number"), 0);
}
