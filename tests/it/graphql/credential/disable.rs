//! `disableCredential` and `enableCredential`.

use chrono::TimeDelta;
use postern::authz::Role;
use serde_json::json;

use super::{change, create_another, is_rejected, is_served};
use crate::support::World;

#[tokio::test]
async fn a_disabled_credential_is_rejected_at_every_replica_until_it_is_enabled() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let sibling = create_another(&admin, &account, None).await;
    let (signed_in, bases) = (world.sign_in(&account).await, [&world.base, &other]);
    is_served(&world, &bases, &account, &signed_in).await;
    let id = json!({ "id": account.credential });
    let told = change(&admin, "disableCredential", id.clone()).await;
    let disabled = told.data("/disableCredential/credential");
    assert_eq!(disabled["disabledBy"], world.admin_account().id);
    is_rejected(&world, &bases, &account, &signed_in).await;
    is_served(&world, &bases, &sibling, &world.sign_in(&sibling).await).await;
    world.clock.advance(TimeDelta::seconds(1));
    let again = change(&admin, "disableCredential", id.clone()).await;
    assert_eq!(again.data("/disableCredential/credential"), disabled, "it was already");
    let told = change(&admin, "enableCredential", id).await;
    let none = json!({ "expiresAt": null, "disabledAt": null, "disabledBy": null });
    assert_eq!(told.data("/enableCredential/credential"), none);
    is_served(&world, &bases, &account, &signed_in).await;
}

#[tokio::test]
async fn a_member_cannot_disable_or_extend_a_more_privileged_credential() {
    let world = World::new().await;
    let (member, strong) = (world.member().await, world.account(&[Role::Admin]).await);
    let later = world.now() + TimeDelta::days(1);
    let id = json!({ "id": strong.credential });
    change(&member, "disableCredential", id.clone()).await.is_graphql_error("FORBIDDEN");
    change(&member, "enableCredential", id).await.is_graphql_error("FORBIDDEN");
    let input = json!({ "id": strong.credential, "name": "X", "expiresAt": later });
    change(&member, "updateCredential", input).await.is_graphql_error("FORBIDDEN");
    let weak = world.account(&[Role::Viewer]).await;
    let input = json!({ "id": weak.credential, "expiresAt": later });
    change(&member, "updateCredential", input).await.data("");
}
