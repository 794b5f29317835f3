//! Rule 9: `last_used_at`.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::support::{Account, Caller, World};

async fn last_used(caller: &Caller, account: &Account) -> Option<DateTime<Utc>> {
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { lastUsedAt } } }";
    let reply = caller.graphql(query, json!({ "id": account.credential })).await;
    serde_json::from_value(reply.data("/node/lastUsedAt")).expect("an instant or null")
}

#[tokio::test]
async fn it_is_the_instant_of_the_exchange_by_the_time_of_the_answer() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    assert_eq!(last_used(&admin, &account).await, None);
    for _ in 0..3 {
        world.clock.advance(TimeDelta::microseconds(1_000_001));
        world.sign_in(&account).await;
        assert_eq!(last_used(&admin, &account).await, Some(world.now()));
    }
}

#[tokio::test]
async fn it_never_moves_back() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    world.sign_in(&account).await;
    let used = world.now();
    world.clock.advance(TimeDelta::seconds(-2));
    world.sign_in(&account).await;
    assert_eq!(last_used(&admin, &account).await, Some(used));
}

#[tokio::test]
async fn a_failed_attempt_does_not_touch_it() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let wrong = Account { secret: world.admin_account().secret, ..account.clone() };
    world.anonymous().ask_token(&wrong.form()).await.is_oauth_error(401, "invalid_client");
    let mut form = account.form();
    form.push(("scope", "organizations:update"));
    world.anonymous().ask_token(&form).await.is_oauth_error(400, "invalid_scope");
    assert_eq!(last_used(&admin, &account).await, None);
}

#[tokio::test]
async fn a_secret_is_hashed_anew_when_it_is_used_after_the_settings_changed() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let (stronger, base) = world.replica_with(&[("ARGON2_MEMORY_KIB", "128")]).await;
    let caller = world.anonymous().at(&base);
    let hashes = async || {
        let before = stronger.secrets.computed();
        assert_eq!(caller.ask_token(&account.form()).await.status, 200);
        stronger.secrets.computed() - before
    };
    let stored = async || {
        let row = entity::credential::Entity::by_client_id(&account.client_id);
        let row = row.one(stronger.db.reader()).await.expect("an answer").expect("a row");
        (row.secret_hash.contains("m=128,"), row.last_used_at)
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

#[tokio::test]
async fn a_secret_that_is_known_costs_one_statement_and_a_crowd_shares_it() {
    let world = World::new().await;
    let caller = world.anonymous();
    let mut accounts = Vec::new();
    for _ in 0..8 {
        accounts.push(world.account(&[]).await);
    }
    let all_at_once = async || {
        let asking = accounts.iter().cycle().take(200).map(|account| {
            let (caller, account) = (caller.clone(), account.clone());
            tokio::spawn(async move { caller.ask_token(&account.form()).await.status })
        });
        for asked in asking.collect::<Vec<_>>() {
            assert_eq!(asked.await.expect("an answer"), 200);
        }
    };
    let (reply, first) = world.count(caller.ask_token(&accounts[0].form())).await;
    assert_eq!((reply.status, first), (200, 2), "the row, and the trace");
    let (reply, again) = world.count(caller.ask_token(&accounts[0].form())).await;
    assert_eq!((reply.status, again), (200, 1), "the trace");
    all_at_once().await;
    let ((), shared) = world.count(all_at_once()).await;
    assert!(shared <= 100, "{shared} statements for 200 tokens");
}
