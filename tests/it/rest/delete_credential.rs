use postern::authz::Role;

use super::{credential, credentials, ids};
use crate::support::World;

#[tokio::test]
async fn a_deleted_credential_and_its_tokens_are_rejected_by_the_next_request_at_every_replica() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let caller = world.sign_in(&account).await;
    caller.at(&other).get(&credential(&account)).await.body(200);
    let gone = admin.delete(&credential(&account)).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    caller.at(&other).get(&credential(&account)).await.is_error(401, "UNAUTHENTICATED");
    caller.at(&other).ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    admin.delete(&credential(&account)).await.is_error(404, "NOT_FOUND");
    assert!(ids(&admin.get(&credentials(&account)).await.body(200)).is_empty());
}

#[tokio::test]
async fn a_member_cannot_delete_credentials() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.member().await.delete(&credential(&account)).await.is_error(403, "FORBIDDEN");
    world.sign_in(&account).await;
}
