use postern::authz::Role;
use serde_json::json;

use super::start_credential_rotation::{start, successor};
use super::{credential, path};
use crate::support::World;

#[tokio::test]
async fn the_old_credential_and_its_tokens_are_rejected_by_the_next_request() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let at = format!("{}/rotation/finish", credential(&old));
    admin.post_empty(&at).await.is_conflict("NO_ROTATION");
    let caller = world.sign_in(&old).await;
    let new = successor(&start(&admin, &old, &json!({})).await.body(201), &old);
    let retired = admin.post_empty(&at).await.body(200);
    assert_eq!(retired["id"], old.credential);
    assert_eq!(retired["retires_at"], "2026-11-24T12:00:00.123456Z");
    caller.get(&path(&old)).await.is_error(401, "UNAUTHENTICATED");
    world.sign_in(&new).await;
    assert_eq!(admin.post_empty(&at).await.body(200), retired, "it is finished already");
}
