use serde_json::json;

use super::members;
use crate::support::World;

#[tokio::test]
async fn an_organization_is_found_by_id_or_label() {
    let world = World::new().await;
    let viewer = world.viewer().await;
    let by_label = viewer.get("/organizations/acme").await.body(200);
    let id = by_label["id"].as_str().expect("an id");
    assert_eq!(viewer.get(&format!("/organizations/{id}")).await.body(200), by_label);
    let expanded = viewer.get("/organizations/acme?expand=permissions").await.body(200);
    let permissions = &expanded["permissions"];
    let expected = [
        "apis",
        "audit_events",
        "members",
        "organizations",
        "roles",
        "service_account_credentials",
        "service_accounts",
        "trusted_issuers",
    ];
    assert_eq!(members(permissions), expected);
    assert_eq!(
        permissions["roles"],
        json!({ "list": false, "create": false, "update": false, "delete": false, "grant": false })
    );
    assert_eq!(permissions["audit_events"], json!({ "list": false, "export": false }));
}

#[tokio::test]
async fn an_organization_of_another_tenant_is_not_found() {
    let world = World::new().await;
    world.other_tenant().await;
    let admin = world.admin().await;
    let nowhere = admin.get("/organizations/nowhere").await;
    nowhere.is_error(404, "NOT_FOUND");
    for other in ["globex", "GLOBEX", "o0000000000000000000000000", "-", "a%00b", "%20"] {
        let answer = admin.get(&format!("/organizations/{other}")).await;
        answer.is_error(404, "NOT_FOUND");
        assert_eq!(answer.text, nowhere.text);
    }
    world.anonymous().get("/organizations/acme").await.is_error(401, "UNAUTHENTICATED");
}
