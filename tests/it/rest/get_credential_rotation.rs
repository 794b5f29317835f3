use chrono::TimeDelta;
use serde_json::json;

use super::credential;
use super::start_credential_rotation::{start, successor};
use crate::support::World;

#[tokio::test]
async fn a_rotation_reports_its_state_and_whether_the_old_credential_is_in_use() {
    let world = World::new().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let at = format!("{}/rotation", credential(&old));
    let none = admin.get(&at).await;
    none.is_error(404, "NOT_FOUND");
    assert_eq!(none.json()["message"], "no such rotation");
    world.sign_in(&old).await;
    let new = successor(&start(&admin, &old, &json!({ "overlap": 3600 })).await.body(201), &old);
    let began = json!({
        "state": "overlapping",
        "started_at": "2026-11-24T12:00:00.123456Z",
        "retires_at": "2026-11-24T13:00:00.123456Z",
        "replaced_by": new.credential,
        "token_count": 0,
        "last_used_at": "2026-11-24T12:00:00.123456Z",
        "last_source_address": "127.0.0.1",
        "safe_to_revoke": false,
    });
    assert_eq!(world.viewer().await.get(&at).await.body(200), began);
    world.sign_in(&old).await;
    assert_eq!(admin.get(&at).await.body(200)["token_count"], 1);
    world.clock.advance(TimeDelta::hours(1));
    let admin = world.admin().await;
    let retired = admin.get(&at).await.body(200);
    assert_eq!((&retired["state"], &retired["safe_to_revoke"]), (&json!("retired"), &json!(true)));
    assert_eq!(admin.delete(&credential(&new)).await.status, 204);
    assert_eq!(admin.get(&at).await.body(200).get("replaced_by"), None);
}
