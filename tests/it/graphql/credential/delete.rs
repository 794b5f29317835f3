//! `deleteCredential`, with and without `force`.

use chrono::TimeDelta;
use serde_json::json;

use super::{change, create_another};
use crate::support::{Caller, Reply, World};

async fn delete(caller: &Caller, credential: &str, force: Option<bool>) -> Reply {
    caller
        .mutate_selecting(
            "deleteCredential",
            json!({ "id": credential, "force": force }),
            "deletedId",
        )
        .await
}

#[tokio::test]
async fn the_last_active_credential_in_use_is_deleted_only_with_force() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let other = create_another(&admin, &account, None).await;
    world.anonymous().ask_token(&account.form()).await.body(200);
    change(&admin, "disableCredential", json!({ "id": other.credential })).await.data("");
    for unforced in [None, Some(false)] {
        delete(&admin, &account.credential, unforced).await.is_graphql_error("CONFLICT");
    }
    world.anonymous().ask_token(&account.form()).await.body(200);
    delete(&admin, &account.credential, Some(true)).await.data("");
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn a_credential_with_an_active_sibling_or_unused_for_a_day_is_deleted_without_force() {
    let world = World::new().await;
    let (account, unused) = (world.account(&[]).await, world.account(&[]).await);
    let admin = world.admin().await;
    let other = create_another(&admin, &account, None).await;
    for used in [&account, &other] {
        world.anonymous().ask_token(&used.form()).await.body(200);
    }
    delete(&admin, &account.credential, None).await.data("");
    delete(&admin, &unused.credential, None).await.data("");
    delete(&admin, &other.credential, None).await.is_graphql_error("CONFLICT");
    world.clock.advance(TimeDelta::hours(24));
    let admin = world.admin().await;
    delete(&admin, &other.credential, None).await.data("");
}
