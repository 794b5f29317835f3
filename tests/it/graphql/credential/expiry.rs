//! Credential expiry: `expiresAt`.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::{Value, json};

use super::{change, create_another, is_rejected, is_served};
use crate::support::World;

#[tokio::test]
async fn an_expired_credential_and_its_tokens_are_rejected_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let end = world.now() + TimeDelta::seconds(90);
    let mortal = create_another(&admin, &account, Some(end)).await;
    let bases = [&world.base, &other];
    let reply = world.anonymous().ask_token(&mortal.form()).await.body(200);
    let left = end.timestamp() - world.now().timestamp();
    assert_eq!(reply["expires_in"], left, "no token outlives its credential");
    let signed_in = world.sign_in(&mortal).await;
    world.clock.advance(TimeDelta::seconds(90) - TimeDelta::microseconds(1));
    is_served(&world, &bases, &mortal, &signed_in).await;
    world.clock.advance(TimeDelta::microseconds(1));
    is_rejected(&world, &bases, &mortal, &signed_in).await;
    world.anonymous().ask_token(&account.form()).await.body(200);
    // It may be given another end, and then goes on.
    let admin = world.admin().await;
    let later = world.now() + TimeDelta::days(1);
    let input = json!({ "id": mortal.credential, "expiresAt": later });
    change(&admin, "updateCredential", input).await.data("/updateCredential");
    is_served(&world, &bases, &mortal, &world.sign_in(&mortal).await).await;
    let input = json!({ "id": mortal.credential, "expiresAt": null });
    let told = change(&admin, "updateCredential", input).await;
    assert_eq!(told.data("/updateCredential/credential/expiresAt"), Value::Null);
    world.clock.advance(TimeDelta::days(2));
    world.anonymous().ask_token(&mortal.form()).await.body(200);
}

#[tokio::test]
async fn an_earlier_expiry_applies_to_a_cached_secret() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for base in [&world.base, &other] {
        world.anonymous().at(base).ask_token(&account.form()).await.body(200);
    }
    let soon = world.now() + TimeDelta::seconds(5);
    let input = json!({ "id": account.credential, "expiresAt": soon });
    change(&admin, "updateCredential", input).await.data("");
    for base in [&world.base, &other] {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await.body(200);
        assert_eq!(reply["expires_in"], 5);
    }
    world.clock.advance(TimeDelta::seconds(5));
    for base in [&world.base, &other] {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await;
        reply.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn expires_at_must_be_in_the_future() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let now = json!(world.now());
    for end in [now, json!("9999-12-31T23:59:59-12:00"), json!("+262142-12-31T23:59:59Z")] {
        let input = json!({ "id": account.credential, "expiresAt": end });
        let reply = change(&admin, "updateCredential", input).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "expiresAt");
    }
    let input = json!({ "id": account.credential, "expiresAt": "2030-12-31T23:59:60.1234567Z" });
    let told = change(&admin, "updateCredential", input).await;
    let end = told.data("/updateCredential/credential/expiresAt");
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { expiresAt } } }";
    let kept = admin.graphql(query, json!({ "id": account.credential })).await;
    assert_eq!(kept.data("/node/expiresAt"), end);
    assert_eq!(end, "2031-01-01T00:00:00.123456Z", "the same from both databases");
}
