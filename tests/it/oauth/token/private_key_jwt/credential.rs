//! A public key lives and ends as a secret does.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Client, fetch};
use crate::support::{Account, World, eventually};

const CHANGES: [&str; 3] = [
    r#"
        mutation($id: ID!, $at: DateTime!) {
          updateCredential(input: { id: $id, expiresAt: $at }) {
            clientMutationId
          }
        }
    "#,
    "mutation($id: ID!) { disableCredential(input: { id: $id }) { clientMutationId } }",
    r#"
        mutation($id: ID!) {
          startCredentialRotation(input: { id: $id, overlap: 0 }) {
            clientMutationId
          }
        }
    "#,
];

#[tokio::test]
async fn an_expired_disabled_or_retired_key_and_its_tokens_are_rejected_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    for change in CHANGES {
        let (client, caller) = (Client::new(&world, "EdDSA").await, world.anonymous());
        let token = super::token(&fetch(&caller, &client.assertion(&world)).await);
        let at = world.now() + TimeDelta::seconds(1);
        let variables = json!({ "id": client.account.credential, "at": at });
        world.admin().await.graphql(change, variables).await.data("");
        world.clock.advance(TimeDelta::seconds(1));
        for base in [&world.base, &other] {
            let caller = caller.at(base);
            let refused = fetch(&caller, &client.assertion(&world)).await;
            refused.is_oauth_error(401, "invalid_client");
            let bearer = caller.with_token(&token).get("/organizations").await;
            assert_eq!(bearer.status, 401, "{change}");
        }
    }
}

#[tokio::test]
async fn a_secret_is_rejected_for_a_public_key_credential_at_the_cost_of_one_hash() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let unknown = Account { client_id: "a".repeat(21), ..client.account.clone() };
    let mut answers = Vec::new();
    for account in [&client.account, &client.account, &unknown] {
        let before = world.app.hasher.hash_count();
        let reply = caller.ask_token(&account.form()).await;
        reply.is_oauth_error(401, "invalid_client");
        assert_eq!(world.app.hasher.hash_count() - before, 1);
        answers.push(reply.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    fetch(&caller, &client.assertion(&world)).await.body(200);
}

#[tokio::test]
async fn an_assertion_is_rejected_for_a_credential_with_a_secret() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    let with_secret = Client { account: world.admin_account(), ..client };
    let refused = fetch(&world.anonymous(), &with_secret.assertion(&world)).await;
    refused.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn the_usage_of_a_public_key_is_recorded_and_failures_are_not() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let query = r#"
        query($id: ID!) {
          node(id: $id) { ... on Credential { lastUsedAt tokenCount } }
        }
    "#;
    let id = json!({ "id": client.account.credential });
    let assertion = client.assertion(&world);
    fetch(&caller, &assertion).await.body(200);
    let at = world.now();
    world.clock.advance(TimeDelta::seconds(1));
    fetch(&caller, &assertion).await.is_oauth_error(401, "invalid_client");
    let told = world.admin().await.graphql(query, id).await.data("/node");
    let used: DateTime<Utc> = serde_json::from_value(told["lastUsedAt"].clone()).expect("a time");
    assert_eq!((used, &told["tokenCount"]), (at, &Value::from(1)));
}

#[tokio::test]
async fn invalid_assertions_hit_the_rate_limit_and_valid_ones_never_do() {
    let world = World::with(&[("RATE_LIMIT", "3")]).await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let used = client.assertion(&world);
    fetch(&caller, &used).await.body(200);
    for _ in 0..3 {
        fetch(&caller, &used).await.is_oauth_error(401, "invalid_client");
    }
    fetch(&caller, &used).await.is_oauth_error(429, "invalid_client");
    fetch(&caller, &client.assertion(&world)).await.body(200);
    for status in [401, 401, 401, 429] {
        fetch(&caller, "garbage").await.is_oauth_error(status, "invalid_client");
    }
}

#[tokio::test]
async fn a_database_failure_is_503_for_an_assertion() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    world.app.db.clone().close().await.expect("closed");
    let reply = fetch(&world.anonymous(), &client.assertion(&world)).await;
    reply.is_oauth_error(503, "temporarily_unavailable");
}

#[tokio::test]
async fn restrictions_apply_to_public_key_credentials() {
    let world = World::new().await;
    let (client, caller, admin) =
        (Client::new(&world, "ES256").await, world.anonymous(), world.admin().await);
    let restrict = async |restrictions: Value| {
        let input = json!({ "id": client.account.credential, "restrictions": restrictions });
        admin.mutate("updateCredential", input).await.data("");
    };
    restrict(json!({ "tokenLifetime": 60, "addresses": ["127.0.0.1"] })).await;
    let reply = fetch(&caller, &client.assertion(&world)).await;
    assert_eq!(reply.body(200)["expires_in"], 60);
    restrict(json!({ "addresses": ["198.51.100.0/24"] })).await;
    let refused = fetch(&caller, &client.assertion(&world)).await;
    refused.is_oauth_error(401, "invalid_client");
    let secret = caller.ask_token(&client.account.form()).await;
    secret.is_oauth_error(401, "invalid_client");
    let events =
        r#"{ organization(id: "acme") { auditEvents(last: 100) { nodes { action targetId } } } }"#;
    let told = json!({ "action": "credential.refuse", "targetId": client.account.credential });
    let is_told = async || {
        let all = admin.graphql(events, json!({})).await.data("/organization/auditEvents/nodes");
        all.as_array().is_some_and(|all| all.contains(&told))
    };
    eventually("the refusal is recorded", is_told).await;
}
