use serde_json::json;

use super::{ACCOUNTS, credential, credentials, members, path};
use crate::support::World;

#[tokio::test]
async fn a_credential_is_returned_without_its_secret() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let viewer = world.viewer().await;
    let plain = viewer.get(&credential(&account)).await.body(200);
    assert_eq!(members(&plain), ["client_id", "created_at", "id", "name"]);
    assert_eq!(
        (&plain["id"], &plain["client_id"]),
        (&json!(account.credential), &json!(account.client_id))
    );
    let at = format!("{}?expand=permissions", credential(&account));
    let expanded = viewer.get(&at).await.body(200);
    let may =
        json!({ "list": true, "create": false, "read": true, "update": false, "delete": false });
    assert_eq!(expanded["permissions"], json!({ "service_account_credentials": may }));
}

#[tokio::test]
async fn usage_is_included_only_with_expand() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let at = credential(&account);
    let unused = admin.get(&format!("{at}?expand=usage")).await.body(200);
    assert_eq!(members(&unused), ["client_id", "created_at", "id", "name", "usage"]);
    assert_eq!(unused["usage"], json!({ "token_count": 0 }));
    world.sign_in(&account).await;
    let used = admin.get(&format!("{at}?expand[]=permissions,usage")).await.body(200);
    let expected =
        ["client_id", "created_at", "id", "last_used_at", "name", "permissions", "usage"];
    assert_eq!(members(&used), expected);
    let usage = json!({
        "first_used_at": "2026-11-24T12:00:00.123456Z", "last_source_address": "127.0.0.1", "token_count": 1,
    });
    assert_eq!(used["usage"], usage);
    let list = format!("{}?expand=usage&expand=permissions", credentials(&account));
    assert_eq!(admin.get(&list).await.body(200)["items"][0], used);
    assert_eq!(admin.get(&at).await.body(200).get("usage"), None);
}

#[tokio::test]
async fn a_credential_is_found_only_under_its_own_account_and_organization() {
    let world = World::new().await;
    let (a, b) = (world.account(&[]).await, world.account(&[]).await);
    let other = world.other_tenant().await;
    let admin = world.admin().await;
    let nowhere = format!("{}/c0000000000000000000000000", credentials(&a));
    let nowhere = admin.get(&nowhere).await;
    nowhere.is_error(404, "NOT_FOUND");
    for wrong in [
        format!("{}/{}", credentials(&a), b.credential),
        format!("{}/{}", credentials(&a), other.credential),
        format!("{ACCOUNTS}/{}/credentials/{}", other.id, other.credential),
        format!("{}/nothing", credentials(&a)),
        format!("{}/{}", credentials(&a), a.id),
    ] {
        let answer = admin.get(&wrong).await;
        answer.is_error(404, "NOT_FOUND");
        assert_eq!(answer.text, nowhere.text, "{wrong}");
        for method in [reqwest::Method::PATCH, reqwest::Method::DELETE] {
            let request = admin.request(method, &wrong).json(&json!({ "name": "x" }));
            crate::support::Reply::of(request).await.is_error(404, "NOT_FOUND");
        }
    }
    admin.get(&path(&b)).await.body(200);
    admin.get(&credential(&b)).await.body(200);
}
