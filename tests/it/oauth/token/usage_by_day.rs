//! The usage of credentials by day: tokens, and the client addresses that requested them.

use chrono::{DateTime, TimeDelta, Utc};
use postern::domain::credentials::usage;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::credential_usage::fetch;
use crate::support::{Account, Caller, Reply, World};

const PROXIES: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");

/// The usage in a range of days, with all fields.
async fn ask(caller: &Caller, account: &Account, from: Value, to: Value) -> Reply {
    let query = r#"
        query($id: ID!, $from: Date, $to: Date) {
          node(id: $id) {
            ... on Credential {
              usage(from: $from, to: $to) {
                date tokenCount otherSourcesLastUsedAt
                sources { address firstUsedAt lastUsedAt }
              }
            }
          }
        }
    "#;
    caller.graphql(query, json!({ "id": account.credential, "from": from, "to": to })).await
}

/// All of the usage.
async fn by_day(caller: &Caller, account: &Account) -> Value {
    ask(caller, account, Value::Null, Value::Null).await.data("/node/usage")
}

/// The days and their counts.
fn counts(usage: &Value) -> Vec<(String, i64)> {
    let count = |day: &Value| {
        let date = day["date"].as_str().expect("a date").to_owned();
        (date, day["tokenCount"].as_i64().expect("a number"))
    };
    usage.as_array().expect("a list").iter().map(count).collect()
}

fn addresses(day: &Value) -> Vec<&str> {
    let sources = day["sources"].as_array().expect("a list").iter();
    sources.map(|it| it["address"].as_str().expect("an address")).collect()
}

fn text(at: DateTime<Utc>) -> String {
    postern::clock::to_rfc3339(at)
}

/// The rows of the usage by day in the database.
async fn rows(world: &World) -> usize {
    world.dump().await.iter().filter(|row| row.starts_with("credential_usage")).count()
}

fn rest_path(account: &Account, query: &str) -> String {
    let Account { id, credential, .. } = account;
    format!("/organizations/acme/service-accounts/{id}/credentials/{credential}/usage{query}")
}

#[tokio::test]
async fn tokens_are_counted_by_utc_day_with_their_client_addresses() {
    let world = World::with(&[PROXIES]).await;
    let (account, client) = (world.account(&[]).await, world.anonymous());
    assert_eq!(by_day(&world.admin().await, &account).await, json!([]));
    let first = world.now();
    fetch(&client, &account, "203.0.113.9", "x").await;
    world.clock.advance(TimeDelta::seconds(59));
    fetch(&client, &account, "203.0.113.9", "x").await;
    let second = world.now();
    world.clock.advance(TimeDelta::seconds(2));
    fetch(&client, &account, "2001:db8::1", "x").await;
    let third = world.now();
    // Two days later.
    world.clock.advance(TimeDelta::days(2));
    fetch(&client, &account, "203.0.113.9", "x").await;
    let last = world.now();

    let (admin, usage) = (world.admin().await, by_day(&world.admin().await, &account).await);
    let expected = [("2026-11-24".to_owned(), 3), ("2026-11-26".to_owned(), 1)];
    assert_eq!(counts(&usage), expected);
    let sources = json!([
        // The usage 59 seconds after the first is not written again.
        { "address": "203.0.113.9", "firstUsedAt": text(first), "lastUsedAt": text(first) },
        { "address": "2001:db8::1", "firstUsedAt": text(third), "lastUsedAt": text(third) },
    ]);
    assert_eq!(usage[0]["sources"], sources);
    assert!(second - first < TimeDelta::minutes(1), "up to one minute late");
    let sources =
        json!([{ "address": "203.0.113.9", "firstUsedAt": text(last), "lastUsedAt": text(last) }]);
    assert_eq!(usage[1]["sources"], sources);
    assert_eq!(usage[1]["otherSourcesLastUsedAt"], Value::Null);

    let rest = admin.get(&rest_path(&account, "")).await.body(200);
    let item = json!({ "date": "2026-11-26", "token_count": 1, "sources": [{
        "address": "203.0.113.9", "first_used_at": text(last), "last_used_at": text(last),
    }]});
    assert_eq!(rest["items"][1], item);
    assert_eq!(rest["items"][0]["token_count"], 3);
}

#[tokio::test]
async fn the_last_usage_of_the_only_client_address_is_exact() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.sign_in(&account).await;
    world.clock.advance(TimeDelta::seconds(7));
    world.sign_in(&account).await;
    let usage = by_day(&world.admin().await, &account).await;
    assert_eq!(usage[0]["sources"][0]["lastUsedAt"], text(world.now()));
    assert_eq!(usage[0]["tokenCount"], 2);
}

#[tokio::test]
async fn client_addresses_take_one_more_statement_than_their_days() {
    let world = World::new().await;
    for _ in 0..3 {
        world.sign_in(&world.account(&[]).await).await;
    }
    let admin = world.admin().await;
    let ask = async |selection: &str| {
        let usage = format!(r#"usage(from: "2026-11-24", to: "2026-11-24") {{ {selection} }}"#);
        let query = format!(
            r#"{{ organization(id: "acme") {{ credentials(first: 4) {{ nodes {{ {usage} }} }} }} }}"#
        );
        admin.graphql(&query, json!({})).await.data("/organization/credentials/nodes/3/usage/0");
    };
    let (_, days) = world.count(ask("date")).await;
    let (_, sources) = world.count(ask("otherSourcesLastUsedAt sources { address }")).await;
    assert_eq!(sources, days + 1);
}

#[tokio::test]
async fn a_range_selects_days_and_counts_only_their_tokens() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    for tokens in 1..=4 {
        for _ in 0..tokens {
            world.sign_in(&account).await;
        }
        world.clock.advance(TimeDelta::days(1));
    }
    let admin = world.admin().await;
    let (from, to) = (json!("2026-11-25"), json!("2026-11-26"));
    let usage = ask(&admin, &account, from, to).await.data("/node/usage");
    let expected = [("2026-11-25".to_owned(), 2), ("2026-11-26".to_owned(), 3)];
    assert_eq!(counts(&usage), expected);
    let rest = admin.get(&rest_path(&account, "?from=2026-11-25&to=2026-11-26&x=y")).await;
    let rest = rest.body(200);
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&rest["items"][0]["token_count"], &rest["items"][1]["token_count"]),
        (&json!(2), &json!(3))
    );
    let only = ask(&admin, &account, json!("2026-11-27"), Value::Null).await.data("/node/usage");
    assert_eq!(counts(&only), [("2026-11-27".to_owned(), 4)]);
}

#[tokio::test]
async fn an_impossible_range_is_invalid_and_names_its_field() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for (from, to) in [
        ("2026-11-24", "2026-11-23"),
        ("2026-11-25", ""),
        ("2026-08-26", "2026-11-24"),
        ("0001-01-01", "9999-12-31"),
    ] {
        let value = |it: &str| if it.is_empty() { Value::Null } else { json!(it) };
        let reply = ask(&admin, &account, value(from), value(to)).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "from", "{}", reply.text);
        let to = if to.is_empty() { String::new() } else { format!("&to={to}") };
        admin.get(&rest_path(&account, &format!("?from={from}{to}"))).await.is_invalid("from");
    }
    ask(&admin, &account, json!("2026-08-27"), json!("2026-11-24")).await.data("/node/usage");
    ask(&admin, &account, Value::Null, json!("0001-01-01")).await.data("/node/usage");
    for wrong in ["yesterday", "2026-11-31", "2026-11-24T00:00:00Z", "20261124"] {
        let reply = ask(&admin, &account, json!(wrong), Value::Null).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json().get("data"), None, "{}", reply.text);
        admin.get(&rest_path(&account, &format!("?to={wrong}"))).await.is_invalid("to");
    }
    admin.get(&rest_path(&account, "?to=2026-11-24&to=2026-11-24")).await.is_invalid("to");
}

#[tokio::test]
async fn further_client_addresses_of_a_day_share_one_time() {
    let world = World::with(&[PROXIES]).await;
    let (_, other) = world.replica().await;
    let account = world.account(&[]).await;
    let at = |nth: i32| world.anonymous().at(if nth % 2 == 0 { &world.base } else { &other });
    for nth in 0..25 {
        world.clock.advance(TimeDelta::seconds(1));
        fetch(&at(nth), &account, &format!("198.51.100.{nth}"), "x").await;
    }
    let last = world.now();
    let usage = by_day(&world.admin().await, &account).await;
    let expected: Vec<_> = (0..20).map(|nth| format!("198.51.100.{nth}")).collect();
    assert_eq!(addresses(&usage[0]), expected);
    assert_eq!(usage[0]["otherSourcesLastUsedAt"], text(last));
    assert_eq!(usage[0]["tokenCount"], 25);
    let stored = rows(&world).await;
    for nth in 30..60 {
        fetch(&at(nth), &account, &format!("198.51.100.{nth}"), "x").await;
    }
    // An address that is listed remains so, and the others add no row.
    world.clock.advance(TimeDelta::minutes(2));
    fetch(&at(0), &account, "198.51.100.0", "x").await;
    let usage = by_day(&world.admin().await, &account).await;
    assert_eq!(usage[0]["sources"][0]["lastUsedAt"], text(world.now()));
    assert_eq!(usage[0]["otherSourcesLastUsedAt"], text(last));
    assert_eq!(usage[0]["tokenCount"], 56);
    // The admin has a day and an address of its own.
    assert_eq!(rows(&world).await, stored);
}

#[tokio::test]
async fn concurrent_tokens_at_two_replicas_are_counted_exactly_over_midnight() {
    let world = World::with(&[PROXIES]).await;
    let (_, other) = world.replica().await;
    let accounts = [world.account(&[]).await, world.account(&[]).await];
    let mut all = 0;
    for nth_day in 0..3 {
        let mut asking = JoinSet::new();
        for nth in 0..60 {
            let caller = world.anonymous().at(if nth % 2 == 0 { &world.base } else { &other });
            let account = accounts[usize::from(nth % 3 == 0)].clone();
            let from = format!("198.51.100.{}", nth % 30);
            asking.spawn(async move { fetch(&caller, &account, &from, "x").await });
        }
        asking.join_all().await;
        all += 40;
        let usage = by_day(&world.admin().await, &accounts[0]).await;
        let day = counts(&usage);
        assert_eq!(day.len(), nth_day + 1, "{day:?}");
        assert!(day.iter().all(|(_, tokens)| *tokens == 40), "{day:?}");
        assert_eq!(day.iter().map(|(_, tokens)| tokens).sum::<i64>(), all);
        let listed = addresses(&usage[nth_day]);
        assert_eq!(listed.len(), 20, "{listed:?}");
        world.clock.advance(TimeDelta::hours(12));
        world.clock.advance(TimeDelta::hours(12));
    }
}

#[tokio::test]
async fn a_replica_whose_clock_is_late_counts_for_the_day_that_has_begun() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.sign_in(&account).await;
    world.clock.advance(TimeDelta::days(1));
    world.sign_in(&account).await;
    world.clock.advance(TimeDelta::days(-1));
    let (_, late) = world.replica().await;
    world.anonymous().at(&late).ask_token(&account.form()).await.body(200);
    world.clock.advance(TimeDelta::days(1));
    let usage = by_day(&world.admin().await, &account).await;
    let expected = [("2026-11-24".to_owned(), 1), ("2026-11-25".to_owned(), 2)];
    assert_eq!(counts(&usage), expected);
}

#[tokio::test]
async fn a_rejected_token_request_adds_no_usage() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.sign_in(&account).await;
    world.clock.advance(TimeDelta::days(1));
    let admin = world.admin().await;
    let before = rows(&world).await;
    let disable = admin.mutate("disableCredential", json!({ "id": account.credential })).await;
    disable.data("/disableCredential");
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    assert_eq!(rows(&world).await, before);
    assert_eq!(counts(&by_day(&admin, &account).await), [("2026-11-24".to_owned(), 1)]);
}

#[tokio::test]
async fn no_client_address_is_stored_by_day_where_that_is_turned_off() {
    let world = World::with(&[("USAGE_SOURCES_PER_DAY", "0")]).await;
    let account = world.account(&[]).await;
    world.sign_in(&account).await;
    world.sign_in(&account).await;
    let usage = by_day(&world.admin().await, &account).await;
    let expected = json!([{
        "date": "2026-11-24", "tokenCount": 2, "otherSourcesLastUsedAt": null, "sources": [],
    }]);
    assert_eq!(usage, expected);
}

#[tokio::test]
async fn the_usage_is_deleted_with_its_credential_and_after_its_retention() {
    let settings = [("USAGE_RETENTION_DAYS", "2")];
    let world = World::with(&settings).await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let of_admin = rows(&world).await;
    world.sign_in(&account).await;
    assert_eq!(rows(&world).await, of_admin + 2, "a day and an address");
    let deleted = json!({ "id": account.credential, "force": true });
    admin
        .mutate_selecting("deleteCredential", deleted, "deletedId")
        .await
        .data("/deleteCredential");
    assert_eq!(rows(&world).await, of_admin);

    let account = world.account(&[]).await;
    for _ in 0..4 {
        world.sign_in(&account).await;
        world.clock.advance(TimeDelta::days(1));
    }
    world.clock.advance(TimeDelta::days(-1));
    let (app, _) = world.replica_with(&settings).await;
    usage::delete_expired(&app).await.expect("done");
    let admin = world.admin().await;
    let kept = [("2026-11-26".to_owned(), 1), ("2026-11-27".to_owned(), 1)];
    assert_eq!(counts(&by_day(&admin, &account).await), kept);
    let whole = json!({ "id": account.id });
    admin
        .mutate_selecting("deleteServiceAccount", whole, "deletedId")
        .await
        .data("/deleteServiceAccount");
    assert_eq!(rows(&world).await, 2, "the day of the admin and its address");
}

#[tokio::test]
async fn the_usage_of_many_credentials_takes_as_many_statements_as_that_of_one() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = r#"{
        organization(id: "acme") { serviceAccounts(first: 5) { nodes { credentials(first: 2) { nodes {
          usage(from: "2026-11-20", to: "2026-11-24") { tokenCount sources { address } }
        } } } } }
    }"#;
    let mut statements = Vec::new();
    for _ in 0..3 {
        let account = world.account(&[]).await;
        world.sign_in(&account).await;
        let (reply, count) = world.count(admin.graphql(query, json!({}))).await;
        reply.data("/organization");
        statements.push(count);
    }
    assert!(statements.iter().all(|count| *count == statements[0]), "{statements:?}");
}

#[tokio::test]
async fn the_usage_takes_the_permission_to_read_the_credential() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.sign_in(&account).await;
    let lists = "organizations:read service_accounts:read service_accounts:list service_account_credentials:list";
    let lister = world.sign_in_for(&world.admin_account(), Some(lists)).await;
    let query = r#"
        query($id: ID!) {
          node(id: $id) {
            ... on ServiceAccount { credentials { nodes { name usage { tokenCount } } } }
          }
        }
    "#;
    let reply = lister.graphql(query, json!({ "id": account.id })).await;
    let credential = &reply.json()["data"]["node"]["credentials"]["nodes"][0];
    assert_eq!(credential, &json!({ "name": "Tried", "usage": null }), "{}", reply.text);
    assert_eq!(reply.errors().len(), 1, "{}", reply.text);
    let (stranger, path) = (world.stranger().await, rest_path(&account, ""));
    stranger.get(&path).await.is_error(404, "NOT_FOUND");
    world.sign_in(&account).await.get(&path).await.is_error(404, "NOT_FOUND");
    let viewer = ask(&world.viewer().await, &account, Value::Null, Value::Null).await;
    assert_eq!(counts(&viewer.data("/node/usage")).len(), 1);
}
