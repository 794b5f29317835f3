use serde_json::json;

use super::{ACCOUNTS, path};
use crate::support::World;

#[tokio::test]
async fn a_service_account_has_permissions_when_expanded() {
    let world = World::new().await;
    let account = world.account(&[]).await;
    let member = world.member().await;
    let plain = member.get(&path(&account)).await.body(200);
    assert_eq!((&plain["id"], plain.get("permissions")), (&json!(account.id), None));
    let expanded = member.get(&format!("{}?expand=permissions", path(&account))).await.body(200);
    let may =
        json!({ "list": true, "create": true, "read": true, "update": true, "delete": false });
    let expected = json!({ "service_accounts": may, "service_account_credentials": may });
    assert_eq!(expanded["permissions"], expected);
}

#[tokio::test]
async fn an_account_without_a_role_reads_only_itself() {
    let world = World::new().await;
    let (account, other) = (world.account(&[]).await, world.account(&[]).await);
    let caller = world.sign_in(&account).await;
    let itself = caller.get(&format!("{}?expand=permissions", path(&account))).await.body(200);
    let none =
        json!({ "list": false, "create": false, "read": false, "update": false, "delete": false });
    let mut read = none.clone();
    read["read"] = json!(true);
    let expected = json!({ "service_accounts": read, "service_account_credentials": none });
    assert_eq!(itself["permissions"], expected);
    caller.get(&path(&other)).await.is_error(404, "NOT_FOUND");
    caller.get(ACCOUNTS).await.is_error(403, "FORBIDDEN");
    caller.patch(&path(&account), &json!({ "name": "x" })).await.is_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_missing_foreign_or_malformed_id_gets_the_same_404() {
    let world = World::new().await;
    let other = world.other_tenant().await;
    let admin = world.admin().await;
    let nowhere = admin.get(&format!("{ACCOUNTS}/s0000000000000000000000000")).await;
    nowhere.is_error(404, "NOT_FOUND");
    for wrong in [other.id.as_str(), "x", "S", "s%00", "%ff", "..%2f..", &other.credential] {
        let answer = admin.get(&format!("{ACCOUNTS}/{wrong}")).await;
        answer.is_error(404, "NOT_FOUND");
        if wrong != "%ff" {
            assert_eq!(answer.text, nowhere.text, "{wrong}");
        }
    }
    let under_theirs = format!("/organizations/globex/service-accounts/{}", other.id);
    admin.get(&under_theirs).await.is_error(404, "NOT_FOUND");
}
