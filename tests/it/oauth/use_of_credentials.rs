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
