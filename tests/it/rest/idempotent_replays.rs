//! Creates that are sent again by another credential, after a deletion, or with a retry count.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::start_credential_rotation::successor;
use super::{ACCOUNTS, credential, credentials};
use crate::support::{Account, Caller, Reply, World};

const KEY: &str = "idempotency-key";
const NAME: &str = "x-client-request-id";
const COUNT: &str = "x-stainless-retry-count";

async fn create(caller: &Caller, path: &str, body: &Value, headers: &[(&str, &str)]) -> Reply {
    let request = caller.request(Method::POST, path).json(body);
    let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
    Reply::of(request).await
}

/// A caller with another credential of the first admin.
async fn with_credential(world: &World, restrictions: Value) -> Caller {
    let (admin, first) = (world.admin().await, world.admin_account());
    let body = json!({ "name": "x", "restrictions": restrictions });
    let made = admin.post(&credentials(&first), &body).await.body(201);
    world.sign_in(&successor(&made, &first)).await
}

/// What can be created once: where, and with which body.
fn creates(account: &Account, bounded: bool) -> [(String, Value); 4] {
    let short = json!({ "name": "x", "restrictions": { "token_lifetime": 60 } });
    let credential = if bounded { short } else { json!({ "name": "x" }) };
    let role = json!({ "label": "x", "name": "x", "permissions": ["service_accounts:read"] });
    let api = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["read"] });
    [
        (ACCOUNTS.to_owned(), json!({ "name": "x" })),
        (credentials(account), credential),
        ("/organizations/acme/roles".to_owned(), role),
        ("/organizations/acme/apis".to_owned(), api),
    ]
}

/// Where something is that was created at `at`.
fn place(at: &str, made: &Value) -> String {
    format!("{at}/{}", made["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_less_restricted_credential_cannot_replay_a_more_restricted_one() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let restricted = with_credential(&world, json!({ "token_lifetime": 60 })).await;
    for (at, body) in creates(&account, true) {
        for headers in [vec![(KEY, "k")], vec![(NAME, "r"), (COUNT, "1")]] {
            let made = create(&restricted, &at, &body, &headers).await.body(201);
            let before = world.dump().await;
            let refused = create(&admin, &at, &body, &headers).await;
            refused.is_conflict("IDEMPOTENCY_KEY_OF_OTHER_CREDENTIAL");
            let id = made["id"].as_str().expect("an id");
            assert!(!refused.text.contains(id), "{}", refused.text);
            assert_eq!(world.dump().await, before, "nothing was created");
            assert_eq!(create(&restricted, &at, &body, &headers).await.body(201), made);
            assert_eq!(admin.delete(&place(&at, &made)).await.status, 204);
        }
    }
}

#[tokio::test]
async fn an_equally_restricted_credential_replays_the_result_of_another() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let plain = with_credential(&world, Value::Null).await;
    let restricted = with_credential(&world, json!({ "token_lifetime": 60 })).await;
    for (at, body) in creates(&account, false) {
        let made = create(&admin, &at, &body, &[(KEY, "k")]).await.body(201);
        assert_eq!(create(&plain, &at, &body, &[(KEY, "k")]).await.body(201), made);
    }
    let [_, (at, body), ..] = creates(&account, false);
    let refused = create(&restricted, &at, &body, &[(KEY, "k")]).await;
    refused.is_error(403, "FORBIDDEN");
    assert!(!refused.text.contains("psk_"), "the secret of an unrestricted credential");
}

#[tokio::test]
async fn a_replay_of_a_deleted_resource_neither_returns_nor_creates_it() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for (at, body) in creates(&account, false) {
        for headers in [vec![(KEY, "k")], vec![(NAME, "r"), (COUNT, "1")]] {
            let made = create(&admin, &at, &body, &headers).await.body(201);
            assert_eq!(admin.delete(&place(&at, &made)).await.status, 204);
            let before = admin.get(&at).await.body(200)["items"].clone();
            for _ in 0..2 {
                let refused = create(&admin, &at, &body, &headers).await;
                refused.is_conflict("IDEMPOTENT_RESULT_DELETED");
            }
            assert_eq!(admin.get(&at).await.body(200)["items"], before);
        }
    }
}

#[tokio::test]
async fn concurrent_requests_with_one_key_create_one_resource_of_each_kind() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (_, other) = world.replica().await;
    let there = admin.at(&other);
    for (at, body) in creates(&account, false) {
        let headers = [(KEY, "k")];
        let (here, there) = tokio::join!(
            create(&admin, &at, &body, &headers),
            create(&there, &at, &body, &headers)
        );
        assert_eq!(here.body(201), there.body(201), "{at}");
    }
}

#[tokio::test]
async fn a_replay_shows_later_changes_only_to_a_caller_who_may_read_them() {
    let world = World::new().await;
    let (admin, holder) = (world.admin().await, world.account(&[]).await);
    let permissions = ["roles:create", "apis:create", "service_accounts:read"];
    world.role("maker", permissions.map(str::to_owned).to_vec()).await;
    let binding = json!({ "serviceAccountId": holder.id, "role": "maker" });
    admin.mutate("grantRole", &binding).await.data("");
    let maker = world.sign_in(&holder).await;
    let [_, _, role, api] = creates(&holder, false);
    for (at, body) in [&role, &api] {
        for (caller, shown) in [(&maker, "x"), (&admin, "Changed")] {
            let made = create(caller, at, body, &[(KEY, "k")]).await.body(201);
            world.clock.advance(TimeDelta::seconds(1));
            admin.patch(&place(at, &made), &json!({ "name": "Changed" })).await.body(200);
            let again = create(caller, at, body, &[(KEY, "k")]).await.body(201);
            assert_eq!((&again["id"], &again["name"]), (&made["id"], &json!(shown)));
            assert_eq!(again["updated_at"] == made["updated_at"], shown == "x");
            assert_eq!(admin.delete(&place(at, &made)).await.status, 204);
        }
    }
    admin.mutate("revokeRole", &binding).await.data("");
    for (at, body) in [&role, &api] {
        create(&maker, at, body, &[(KEY, "k")]).await.is_error(403, "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_replayed_rotation_with_a_deleted_credential_is_not_started_again() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/rotation", credential(&account));
    create(&admin, &at, &json!({}), &[(KEY, "k")]).await.body(201);
    let other = create(&admin, &at, &json!({ "overlap": 60 }), &[(KEY, "k")]).await;
    other.is_conflict("IDEMPOTENCY_KEY_REUSED");
    admin.post_empty(&format!("{at}/cancel")).await.body(200);
    let again = create(&admin, &at, &json!({}), &[(KEY, "k")]).await;
    again.is_conflict("IDEMPOTENT_RESULT_DELETED");
    assert_eq!(admin.get(&at).await.status, 404);
}

#[tokio::test]
async fn a_retry_count_marks_a_retry_only_above_zero() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (at, body) = (credentials(&account), json!({ "name": "x" }));
    let first = create(&admin, &at, &body, &[(NAME, "r"), (COUNT, "0")]).await.body(201);
    for count in ["1", "2", "10", "4294967295"] {
        let headers = [(NAME, "r"), (COUNT, count)];
        assert_eq!(create(&admin, &at, &body, &headers).await.body(201), first, "{count}");
    }
    let mut seen = vec![first["id"].clone()];
    for count in ["0", "00", "", "-1", "1.0", "one", "true"] {
        let made = create(&admin, &at, &body, &[(NAME, "r"), (COUNT, count)]).await.body(201);
        assert!(!seen.contains(&made["id"]), "{count:?} is a new request");
        seen.push(made["id"].clone());
    }
    // A key decides alone: with it, a count neither repeats nor renews a request.
    let keyed = create(&admin, &at, &body, &[(KEY, "k"), (COUNT, "1")]).await.body(201);
    assert!(!seen.contains(&keyed["id"]));
    for count in ["0", "1"] {
        let headers = [(KEY, "k"), (NAME, "other"), (COUNT, count)];
        assert_eq!(create(&admin, &at, &body, &headers).await.body(201), keyed, "{count}");
    }
    let elsewhere = create(&admin, ACCOUNTS, &body, &[(NAME, "r"), (COUNT, "1")]).await.body(201);
    assert!(elsewhere["id"].as_str().is_some_and(|id| id.starts_with('s')), "another path");
}
