use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::json;

use super::{credential, members, path};
use crate::support::World;

#[tokio::test]
async fn a_disabled_credential_and_its_tokens_are_rejected_until_it_is_enabled() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let (caller, at) = (world.sign_in(&account).await, credential(&account));
    let disabled = admin.post_empty(&format!("{at}/disable")).await.body(200);
    let expected = ["client_id", "created_at", "disabled_at", "id", "last_used_at", "name"];
    assert_eq!(members(&disabled), expected);
    assert_eq!(admin.get(&at).await.body(200), disabled);
    caller.at(&other).get(&path(&account)).await.is_error(401, "UNAUTHENTICATED");
    caller.at(&other).ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    let enabled = admin.post_empty(&format!("{at}/enable")).await.body(200);
    assert_eq!(enabled.get("disabled_at"), None);
    caller.get(&path(&account)).await.body(200);
}

#[tokio::test]
async fn the_last_credential_of_the_last_admin_cannot_be_disabled() {
    let world = World::new().await;
    let at = format!("{}/disable", credential(&world.admin_account()));
    world.admin().await.post_empty(&at).await.is_conflict("LAST_ADMIN");
}

#[tokio::test]
async fn an_expired_credential_is_enabled_and_stays_expired() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credential(&account);
    admin.patch(&at, &json!({ "expires_at": "2026-11-24T12:30:00Z" })).await.body(200);
    admin.post_empty(&format!("{at}/disable")).await.body(200);
    world.clock.advance(TimeDelta::minutes(45));
    for _ in 0..2 {
        let enabled = admin.post_empty(&format!("{at}/enable")).await.body(200);
        assert_eq!(enabled.get("disabled_at"), None);
    }
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn a_credential_is_found_only_under_its_own_account() {
    let world = World::new().await;
    let (admin, a, b) = (world.admin().await, world.account(&[]).await, world.account(&[]).await);
    for verb in
        ["disable", "enable", "revoke-tokens", "rotation", "rotation/finish", "rotation/cancel"]
    {
        let wrong = format!("{}/credentials/{}/{verb}", path(&a), b.credential);
        admin.post_empty(&wrong).await.is_error(404, "NOT_FOUND");
    }
    assert_eq!(admin.get(&credential(&b)).await.body(200).get("disabled_at"), None);
}
