use postern::authz::Role;
use serde_json::json;

use super::{members, path};
use crate::support::World;

#[tokio::test]
async fn tokens_and_credentials_of_a_disabled_account_are_rejected_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let caller = world.sign_in(&account).await;
    let disabled = admin.post_empty(&format!("{}/disable", path(&account))).await.body(200);
    let expected = ["created_at", "disabled_at", "id", "name", "updated_at"];
    assert_eq!(members(&disabled), expected);
    assert_eq!(disabled["disabled_at"], "2026-11-24T12:00:00.123456Z");
    assert_eq!(admin.get(&path(&account)).await.body(200), disabled);
    for base in [&world.base, &other] {
        caller.at(base).get(&path(&account)).await.is_error(401, "UNAUTHENTICATED");
        caller.at(base).ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    }
    let again = admin.post_empty(&format!("{}/disable", path(&account))).await.body(200);
    assert_eq!(again, disabled);
    let enabled = admin.post_empty(&format!("{}/enable", path(&account))).await.body(200);
    assert_eq!(members(&enabled), ["created_at", "id", "name", "updated_at"]);
    caller.get(&path(&account)).await.body(200);
    world.sign_in(&account).await;
}

#[tokio::test]
async fn the_last_admin_cannot_be_disabled() {
    let world = World::new().await;
    let at = format!("{}/disable", path(&world.admin_account()));
    world.admin().await.post_empty(&at).await.is_conflict("LAST_ADMIN");
}

#[tokio::test]
async fn disabling_and_enabling_a_more_privileged_account_are_forbidden() {
    let world = World::new().await;
    let (member, weak) = (world.member().await, world.account(&[Role::Viewer]).await);
    for verb in ["disable", "enable", "revoke-tokens"] {
        let at = format!("{}/{verb}", path(&world.admin_account()));
        member.post_empty(&at).await.is_error(403, "FORBIDDEN");
        member.post_empty(&format!("{}/{verb}", path(&weak))).await.body(200);
        let own = format!("/organizations/globex/service-accounts/{}/{verb}", weak.id);
        member.post_empty(&own).await.is_error(404, "NOT_FOUND");
    }
    // Clients that always send a body may.
    world.admin().await.post(&format!("{}/disable", path(&weak)), &json!({})).await.body(200);
}
