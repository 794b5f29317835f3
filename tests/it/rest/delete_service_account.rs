use postern::authz::Role;
use reqwest::Method;

use super::{ACCOUNTS, credential, path};
use crate::support::{Reply, World};

#[tokio::test]
async fn deleting_an_account_deletes_its_credentials_and_rejects_its_tokens() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let caller = world.sign_in(&account).await;
    caller.get(&path(&account)).await.body(200);
    // As clients send it that set the header on every request.
    let request = admin.request(Method::DELETE, &path(&account));
    let gone = Reply::of(request.header("content-type", "application/json")).await;
    assert_eq!((gone.status, gone.text.as_str(), gone.header("content-type")), (204, "", None));
    assert!(gone.header("x-client-request-id").is_some());
    caller.get(&path(&account)).await.is_error(401, "UNAUTHENTICATED");
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    for at in [path(&account), credential(&account)] {
        admin.get(&at).await.is_error(404, "NOT_FOUND");
        admin.delete(&at).await.is_error(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn the_last_admin_cannot_be_deleted() {
    let world = World::new().await;
    let admin = world.admin().await;
    let refused = admin.delete(&path(&world.admin_account())).await;
    refused.is_error(409, "CONFLICT");
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    admin.get(ACCOUNTS).await.body(200);
}

#[tokio::test]
async fn a_member_cannot_delete_accounts() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    world.member().await.delete(&path(&account)).await.is_error(403, "FORBIDDEN");
    world.stranger().await.delete(&path(&account)).await.is_error(404, "NOT_FOUND");
    world.admin().await.get(&path(&account)).await.body(200);
}
