//! Rule 9: `last_used_at`, and what else is known of the use of a credential.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Account, Caller, Reply, World};

async fn last_used(caller: &Caller, account: &Account) -> Option<DateTime<Utc>> {
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { lastUsedAt } } }";
    let reply = caller.graphql(query, json!({ "id": account.credential })).await;
    serde_json::from_value(reply.data("/node/lastUsedAt")).expect("an instant or null")
}

#[tokio::test]
async fn last_used_at_is_stored_before_the_token_is_returned() {
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
async fn last_used_at_never_moves_back() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    world.sign_in(&account).await;
    let used = world.now();
    world.clock.advance(TimeDelta::seconds(-2));
    world.sign_in(&account).await;
    assert_eq!(last_used(&admin, &account).await, Some(used));
}

#[tokio::test]
async fn a_failed_token_request_does_not_change_last_used_at() {
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
async fn a_cached_secret_costs_one_statement_and_concurrent_requests_share_it() {
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
    // An embedded database has one statement each for the credential, its account, its day and its
    // address.
    let usage = if world.app.db.is_sqlite() { 4 } else { 1 };
    assert_eq!((reply.status, first), (200, 1 + usage), "lookup and usage");
    let (reply, again) = world.count(caller.ask_token(&accounts[0].form())).await;
    assert_eq!((reply.status, again), (200, 1), "usage");
    all_at_once().await;
    let ((), shared) = world.count(all_at_once()).await;
    assert!(shared <= 100, "{shared} statements for 200 tokens");
}

pub async fn usage(caller: &Caller, account: &Account) -> Value {
    let query = r#"
        query($id: ID!) {
          node(id: $id) {
            ... on Credential {
              firstUsedAt lastUsedAt lastSourceAddress lastUserAgent tokenCount
            }
          }
        }
    "#;
    caller.graphql(query, json!({ "id": account.credential })).await.data("/node")
}

/// Fetches a token through proxies that wrote `forwarded`, with a program called `agent`.
pub async fn fetch(caller: &Caller, account: &Account, forwarded: &str, agent: &str) {
    let request = caller.request(reqwest::Method::POST, "/oauth/token").form(&account.form());
    let request = request.header("X-Forwarded-For", forwarded).header("User-Agent", agent);
    Reply::of(request).await.body(200);
}

#[tokio::test]
async fn usage_reports_first_and_last_use_client_address_user_agent_and_token_count() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.0/8, 10.0.0.0/8")]).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let never = json!({
        "firstUsedAt": null, "lastUsedAt": null, "lastSourceAddress": null,
        "lastUserAgent": null, "tokenCount": 0,
    });
    assert_eq!(usage(&admin, &account).await, never);
    let first = world.now();
    fetch(&world.anonymous(), &account, "203.0.113.9, 198.51.100.7, 10.1.2.3", "exporter/1").await;
    world.clock.advance(TimeDelta::seconds(7));
    let instant = |at: DateTime<Utc>| json!(at);
    let once = json!({
        "firstUsedAt": instant(first), "lastUsedAt": instant(first),
        "lastSourceAddress": "198.51.100.7", "lastUserAgent": "exporter/1", "tokenCount": 1,
    });
    let same = |a: Value, b: Value| {
        let parse = |it: &Value| it.as_str().and_then(|it| it.parse::<DateTime<Utc>>().ok());
        for (name, value) in b.as_object().expect("an object") {
            let equal =
                a[name] == *value || parse(&a[name]).is_some_and(|it| Some(it) == parse(value));
            assert!(equal, "{name}: {a}");
        }
    };
    same(usage(&admin, &account).await, once);
    let (reply, statements) =
        world.count(fetch(&world.anonymous(), &account, "2001:db8::1", &"x".repeat(300))).await;
    // The address is new on this day.
    let expected = if world.app.db.is_sqlite() { 4 } else { 1 };
    assert_eq!((reply, statements), ((), expected), "one statement keeps all of it");
    let twice = json!({
        "firstUsedAt": instant(first), "lastUsedAt": instant(world.now()),
        "lastSourceAddress": "2001:db8::1", "lastUserAgent": "x".repeat(255), "tokenCount": 2,
    });
    same(usage(&admin, &account).await, twice.clone());
    let wrong = Account { secret: world.admin_account().secret, ..account.clone() };
    world.anonymous().ask_token(&wrong.form()).await.is_oauth_error(401, "invalid_client");
    same(usage(&admin, &account).await, twice);
}

#[tokio::test]
async fn concurrent_token_requests_at_two_replicas_are_each_counted_once() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account, second) =
        (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    let mut asking = JoinSet::new();
    for nth in 0..60 {
        let caller = world.anonymous().at(if nth % 2 == 0 { &world.base } else { &other });
        let account = if nth % 3 == 0 { second.clone() } else { account.clone() };
        asking.spawn(async move { caller.ask_token(&account.form()).await.body(200) });
    }
    asking.join_all().await;
    assert_eq!(usage(&admin, &account).await["tokenCount"], 40);
    assert_eq!(usage(&admin, &second).await["tokenCount"], 20);
}
