//! Revoking all tokens of a service account, or of one of its credentials.

use chrono::TimeDelta;
use postern::authz::Role;

use super::{credential, path};
use crate::support::World;

#[tokio::test]
async fn tokens_issued_before_are_rejected_and_new_ones_are_accepted() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    for at in [path(&account), credential(&account)] {
        let before = admin.get(&at).await.body(200);
        let caller = world.sign_in(&account).await;
        caller.at(&other).get(&path(&account)).await.body(200);
        world.clock.advance(TimeDelta::seconds(1));
        let revoked = admin.post_empty(&format!("{at}/revoke-tokens")).await.body(200);
        assert_eq!((&revoked["id"], &revoked["name"]), (&before["id"], &before["name"]));
        for base in [&world.base, &other] {
            caller.at(base).get(&path(&account)).await.is_error(401, "UNAUTHENTICATED");
        }
        world.sign_in(&account).await.at(&other).get(&path(&account)).await.body(200);
    }
}
