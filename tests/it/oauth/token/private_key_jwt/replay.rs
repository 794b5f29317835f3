//! An assertion is used once.

use chrono::TimeDelta;
use postern::auth::ClientInfo;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::{Client, ask, fetch, token};
use crate::support::{ClientKeys, World};

async fn used(world: &World) -> i64 {
    let db = world.app.db.reader();
    let count = "SELECT count(*) FROM used_assertions";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), count)).await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

#[tokio::test]
async fn a_replayed_assertion_is_rejected_at_every_replica_and_endpoint() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let assertion = client.assertion(&world);
    let token = token(&fetch(&caller, &assertion).await);
    for base in [&other, &world.base] {
        let caller = caller.at(base);
        fetch(&caller, &assertion).await.is_oauth_error(401, "invalid_client");
        for path in ["/oauth/introspect", "/oauth/revoke"] {
            let refused = ask(&caller, path, &assertion, &token).await;
            refused.is_oauth_error(401, "invalid_client");
        }
    }
    // The id is what counts, whatever else it says.
    let mut claims = client.claims(&world);
    claims["jti"] = json!("the same");
    fetch(&caller, &client.keys.sign(&client.header(), &claims)).await.body(200);
    claims["exp"] = json!(world.now().timestamp() + 30);
    let again = fetch(&caller, &client.keys.sign(&client.header(), &claims)).await;
    again.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn of_concurrent_requests_with_one_assertion_exactly_one_gets_a_token() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let client = Client::new(&world, "EdDSA").await;
    let assertion = client.assertion(&world);
    let sent: Vec<_> = (0..10)
        .map(|nth| {
            let caller = world.anonymous().at([&world.base, &other][nth % 2]);
            let assertion = assertion.clone();
            tokio::spawn(async move { fetch(&caller, &assertion).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for reply in sent {
        statuses.push(reply.await.expect("an answer"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[200].as_slice(), &[401; 9]].concat());
}

#[tokio::test]
async fn assertions_in_one_batch_are_each_used_once() {
    let world = World::new().await;
    let (client, gone) = (Client::new(&world, "ES256").await, Client::new(&world, "ES256").await);
    let own: Vec<_> = (0..8).map(|_| client.assertion(&world)).collect();
    let theirs: Vec<_> = (0..8).map(|_| gone.assertion(&world)).collect();
    let mut sent = Vec::new();
    for text in own.iter().chain(&own).chain(&theirs) {
        let (caller, text) = (world.anonymous(), text.clone());
        sent.push(tokio::spawn(async move { fetch(&caller, &text).await.status }));
    }
    let delete =
        "mutation($id: ID!) { deleteCredential(input: { id: $id, force: true }) { deletedId } }";
    let id = json!({ "id": gone.account.credential });
    world.admin().await.graphql(delete, id).await.data("");
    let mut statuses = Vec::new();
    for reply in sent {
        statuses.push(reply.await.expect("an answer"));
    }
    let (own, theirs) = statuses.split_at(16);
    assert_eq!(own.iter().filter(|status| **status == 200).count(), 8, "{own:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{theirs:?}");
    assert_eq!(used(&world).await, 8);
}

#[tokio::test]
async fn a_forged_assertion_or_another_client_does_not_use_up_a_jti() {
    let world = World::new().await;
    let (client, other) = (Client::new(&world, "ES256").await, Client::new(&world, "ES256").await);
    let (caller, mut claims) = (world.anonymous(), client.claims(&world));
    let forged = ClientKeys::new("ES256").sign(&client.header(), &claims);
    fetch(&caller, &forged).await.is_oauth_error(401, "invalid_client");
    assert_eq!(used(&world).await, 0);
    let theirs = (json!(other.account.client_id), json!(other.account.client_id));
    let own = client.keys.sign(&client.header(), &claims);
    (claims["iss"], claims["sub"]) = theirs;
    // Another client may have chosen the same id.
    fetch(&caller, &other.keys.sign(&other.header(), &claims)).await.body(200);
    fetch(&caller, &own).await.body(200);
    assert_eq!(used(&world).await, 2);
}

#[tokio::test]
async fn a_used_assertion_is_stored_until_no_replica_could_accept_it() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    fetch(&caller, &client.assertion(&world)).await.body(200);
    // Good for 60 seconds, with 5 of leeway, at a replica whose clock is 5 behind, for a request that
    // takes a minute.
    world.clock.advance(TimeDelta::seconds(130) - TimeDelta::microseconds(123_457));
    world.app.auth.delete_expired_assertions().await.expect("an answer");
    assert_eq!(used(&world).await, 1);
    world.clock.advance(TimeDelta::seconds(1));
    world.app.auth.delete_expired_assertions().await.expect("an answer");
    assert_eq!(used(&world).await, 0);
}

#[tokio::test]
async fn used_assertions_are_deleted_with_their_credential() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    fetch(&caller, &client.assertion(&world)).await.body(200);
    let delete =
        "mutation($id: ID!) { deleteCredential(input: { id: $id, force: true }) { deletedId } }";
    let gone = json!({ "id": client.account.credential });
    world.admin().await.graphql(delete, gone).await.data("");
    assert_eq!(used(&world).await, 0);
    fetch(&caller, &client.assertion(&world)).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn a_retried_authentication_uses_its_assertion_once() {
    let world = World::new().await;
    let client = Client::new(&world, "ES256").await;
    let (auth, text) = (&world.app.auth, client.assertion(&world));
    let info =
        ClientInfo { address: [127, 0, 0, 1].into(), user_agent: None, request_id: "test".into() };
    let Ok(mut assertion) = auth.read_assertion(&text) else { panic!("it is invalid") };
    let first = auth.authenticate_assertion(&mut assertion, &info).await.expect("an answer");
    let change = r#"
        mutation($id: ID!, $at: DateTime!) {
          updateCredential(input: { id: $id, expiresAt: $at }) {
            clientMutationId
          }
        }
    "#;
    let changed =
        json!({ "id": client.account.credential, "at": world.now() + TimeDelta::days(1) });
    world.admin().await.graphql(change, changed).await.data("");
    let credential = first.expect("a client").credential;
    assert!(!auth.record_usage(&credential, info.clone()).await.expect("an answer"));
    let again = auth.authenticate_assertion(&mut assertion, &info).await.expect("an answer");
    let credential = again.expect("the same client").credential;
    assert!(auth.record_usage(&credential, info.clone()).await.expect("an answer"));
    let Ok(mut another) = auth.read_assertion(&text) else { panic!("it is invalid") };
    assert!(auth.authenticate_assertion(&mut another, &info).await.expect("an answer").is_err());
}
