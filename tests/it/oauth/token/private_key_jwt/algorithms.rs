//! What assertions may be signed with.

use serde_json::json;

use super::{Client, ask, fetch, token};
use crate::support::{ClientKeys, World, pem};

/// Fetches, introspects and revokes a token, by three assertions.
async fn works(world: &World, client: &Client) {
    let (caller, assertion) = (world.anonymous(), || client.assertion(world));
    let token = token(&fetch(&caller, &assertion()).await);
    let known = ask(&caller, "/oauth/introspect", &assertion(), &token).await.body(200);
    let told = (&known["active"], &known["client_id"], &known["sub"]);
    let account = &client.account;
    assert_eq!(told, (&json!(true), &json!(account.client_id), &json!(account.id)));
    assert_eq!(caller.with_token(&token).get("/organizations").await.status, 200);
    ask(&caller, "/oauth/revoke", &assertion(), &token).await.body(200);
    let known = ask(&caller, "/oauth/introspect", &assertion(), &token).await.body(200);
    assert_eq!(known, json!({ "active": false }));
}

#[tokio::test]
async fn each_algorithm_authenticates_with_a_jwk_and_a_pem_at_each_endpoint() {
    let world = World::new().await;
    for algorithm in ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"] {
        let keys = ClientKeys::new(algorithm);
        let (jwk, pem) = (keys.jwk().to_string(), pem(&keys.der()));
        let client = Client::with(&world, algorithm, keys, &jwk).await;
        works(&world, &client).await;
        works(&world, &Client::with(&world, algorithm, client.keys, &pem).await).await;
    }
}

#[tokio::test]
async fn a_jwk_with_an_alg_accepts_no_other_algorithm() {
    let world = World::new().await;
    let caller = world.anonymous();
    for (named, other) in [("RS256", "PS256"), ("PS256", "RS256")] {
        let keys = ClientKeys::new(named);
        let mut jwk = keys.jwk();
        jwk["alg"] = json!(named);
        let mut client = Client::with(&world, named, keys, &jwk.to_string()).await;
        fetch(&caller, &client.assertion(&world)).await.body(200);
        client.algorithm = other.to_owned();
        let refused = fetch(&caller, &client.assertion(&world)).await;
        refused.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn no_secret_is_hashed_for_an_assertion() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let before = world.app.hasher.hash_count();
    fetch(&caller, &client.assertion(&world)).await.body(200);
    let wrong = ClientKeys::new("ES256").sign(&client.header(), &client.claims(&world));
    fetch(&caller, &wrong).await.is_oauth_error(401, "invalid_client");
    assert_eq!(world.app.hasher.hash_count(), before);
}
