//! A secret that was verified once is known again, and nothing else is.

use chrono::TimeDelta;
use postern::app::App;
use serde_json::json;

use crate::support::{Account, Caller, ClientKeys, World};

/// How many secrets are hashed while an account fetches so many tokens at once.
async fn hashed(app: &App, caller: &Caller, account: &Account, times: usize) -> u64 {
    let before = app.hasher.hash_count();
    let fetches: Vec<_> = (0..times)
        .map(|_| {
            let (caller, account) = (caller.clone(), account.clone());
            tokio::spawn(async move { caller.ask_token(&account.form()).await.status })
        })
        .collect();
    for fetch in fetches {
        assert_eq!(fetch.await.expect("an answer"), 200);
    }
    app.hasher.hash_count() - before
}

#[tokio::test]
async fn concurrent_requests_with_one_secret_hash_it_once_per_replica() {
    let world = World::new().await;
    let (app, base) = world.replica().await;
    let (caller, account) = (world.anonymous(), world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 20).await, 1);
    assert_eq!(hashed(&world.app, &caller, &account, 3).await, 0);
    assert_eq!(hashed(&app, &caller.at(&base), &account, 3).await, 1);
}

#[tokio::test]
async fn a_wrong_secret_is_hashed_each_time_and_never_cached() {
    let world = World::new().await;
    let (caller, account, other) =
        (world.anonymous(), world.account(&[]).await, world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 1);
    let wrong = Account { secret: other.secret.clone(), ..account.clone() };
    let unknown = Account { client_id: "a".repeat(21), ..account.clone() };
    for refused in [&wrong, &wrong, &unknown, &unknown] {
        let before = world.app.hasher.hash_count();
        caller.ask_token(&refused.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(world.app.hasher.hash_count() - before, 1);
    }
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 0, "failures put nothing out");
}

#[tokio::test]
async fn concurrent_equal_requests_with_a_wrong_secret_share_a_hash_for_any_client() {
    // A hash of some hundred milliseconds: all requests are there before it is computed.
    let slow = [("ARGON2_MEMORY_KIB", "65536"), ("ARGON2_ITERATIONS", "3")];
    let world = World::with(&slow).await;
    let admin = world.admin().await;
    let (account, disabled, elsewhere) =
        (world.account(&[]).await, world.account(&[]).await, world.account(&[]).await);
    admin.mutate("disableCredential", json!({ "id": disabled.credential })).await.data("");
    admin
        .mutate(
            "updateCredential",
            json!({ "id": elsewhere.credential, "restrictions": { "addresses": ["192.0.2.1"] } }),
        )
        .await
        .data("");
    let key = ClientKeys::new("ES256").jwk().to_string();
    let created = admin
        .mutate_selecting(
            "createCredential",
            json!({ "serviceAccountId": account.id, "name": "x", "publicKey": key }),
            "credential { clientId }",
        )
        .await;
    let with_key = created.data("/createCredential/credential/clientId");
    let wrong = Account { secret: disabled.secret.clone(), ..account.clone() };
    let unknown = Account { client_id: "a".repeat(21), ..account.clone() };
    let with_key = Account { client_id: with_key.as_str().expect("an id").into(), ..account };
    for refused in [wrong, unknown, disabled, elsewhere, with_key] {
        let before = world.app.hasher.hash_count();
        let requests = (0..16).map(|_| {
            let (caller, refused) = (world.anonymous(), refused.clone());
            tokio::spawn(async move { caller.ask_token(&refused.form()).await })
        });
        for request in requests.collect::<Vec<_>>() {
            request.await.expect("an answer").is_oauth_error(401, "invalid_client");
        }
        let hashed = world.app.hasher.hash_count() - before;
        assert!((1..8).contains(&hashed), "{hashed} for 16 requests of {}", refused.client_id);
    }
}

#[tokio::test]
async fn a_cached_verification_expires_after_an_hour() {
    let world = World::new().await;
    let (caller, account) = (world.anonymous(), world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 1);
    world.clock.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 0);
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(hashed(&world.app, &caller, &account, 2).await, 1);
}

#[tokio::test]
async fn a_hash_replaced_by_another_replica_is_verified_again() {
    let world = World::new().await;
    let (caller, account) = (world.anonymous(), world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 1);
    let (stronger, base) = world.replica_with(&[("ARGON2_ITERATIONS", "2")]).await;
    assert!(hashed(&stronger, &caller.at(&base), &account, 5).await >= 1);
    assert_eq!(hashed(&stronger, &caller.at(&base), &account, 1).await, 0);
    assert!(hashed(&world.app, &caller, &account, 1).await >= 1);
}

#[tokio::test]
async fn a_hash_is_replaced_even_if_the_first_request_that_verified_it_was_rejected() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let (stronger, base) = world.replica_with(&[("ARGON2_MEMORY_KIB", "128")]).await;
    let caller = world.anonymous().at(&base);
    let mut form = account.form();
    form.push(("scope", "organizations:update"));
    caller.ask_token(&form).await.is_oauth_error(400, "invalid_scope");
    caller.ask_token(&account.form()).await.body(200);
    let row = entity::credential::Entity::any_tenant_by_client_id(&account.client_id);
    let row = row.one(stronger.db.reader()).await.expect("an answer").expect("a row");
    assert!(row.secret_hash.is_some_and(|hash| hash.contains("m=128,")));
}

#[tokio::test]
async fn a_cached_secret_of_a_deleted_credential_is_rejected_at_once() {
    let world = World::new().await;
    let (caller, account) = (world.anonymous(), world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 1).await, 1);
    world
        .admin()
        .await
        .mutate("deleteCredential", json!({ "id": account.credential, "force": true }))
        .await
        .data("");
    caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn zero_cache_entries_turn_the_secret_cache_off() {
    let world = World::with(&[("SECRET_CACHE_ENTRIES", "0")]).await;
    let (caller, account) = (world.anonymous(), world.account(&[]).await);
    assert_eq!(hashed(&world.app, &caller, &account, 3).await, 3);
}

#[tokio::test]
async fn a_secret_is_rehashed_on_first_use_after_the_hash_settings_changed() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let (stronger, base) = world.replica_with(&[("ARGON2_MEMORY_KIB", "128")]).await;
    let caller = world.anonymous().at(&base);
    let hashes = async || {
        let before = stronger.hasher.hash_count();
        assert_eq!(caller.ask_token(&account.form()).await.status, 200);
        stronger.hasher.hash_count() - before
    };
    let stored = async || {
        let row = entity::credential::Entity::any_tenant_by_client_id(&account.client_id);
        let row = row.one(stronger.db.reader()).await.expect("an answer").expect("a row");
        (row.secret_hash.is_some_and(|hash| hash.contains("m=128,")), row.last_used_at)
    };
    assert!(!stored().await.0);
    assert_eq!(hashes().await, 1);
    assert_eq!(stored().await, (true, Some(world.now())));
    hashes().await;
    assert_eq!(
        world.anonymous().ask_token(&account.form()).await.status,
        200,
        "by the old settings"
    );
}
