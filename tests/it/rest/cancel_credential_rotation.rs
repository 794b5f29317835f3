use serde_json::json;

use super::start_credential_rotation::{start, successor};
use super::{credential, credentials, ids};
use crate::support::World;

#[tokio::test]
async fn cancelling_deletes_the_new_credential_and_keeps_the_old_one() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/rotation/cancel", credential(&old));
    admin.post_empty(&at).await.is_conflict("NO_ROTATION");
    let new = successor(&start(&admin, &old, &json!({})).await.body(201), &old);
    world.sign_in(&new).await;
    for body in [json!({}), json!({ "force": false }), json!({ "force": null })] {
        admin.post(&at, &body).await.is_conflict("CREDENTIAL_IN_USE");
    }
    admin.post(&at, &json!({ "forced": true })).await.is_invalid("forced");
    let cancelled = admin.post(&at, &json!({ "force": true })).await.body(200);
    let left = admin.get(&credential(&old)).await.body(200);
    assert_eq!(cancelled, json!({ "credential": left, "deleted_id": new.credential }));
    assert_eq!(left.get("retires_at"), None);
    assert_eq!(ids(&admin.get(&credentials(&old)).await.body(200)), [old.credential]);
}
