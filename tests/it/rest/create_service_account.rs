use serde_json::json;
use tokio::task::JoinSet;

use super::{ACCOUNTS, WRONG_NAMES, members, named};
use crate::support::World;

#[tokio::test]
async fn a_created_account_can_be_read() {
    let world = World::new().await;
    let admin = world.admin().await;
    let body = json!({ "name": "  Nächtlicher Export 🚪 ", "description": "copies" });
    let made = admin.post(ACCOUNTS, &body).await.body(201);
    assert_eq!(members(&made), ["created_at", "description", "id", "name", "updated_at"]);
    assert_eq!(made["name"], "Nächtlicher Export 🚪");
    assert_eq!(made["description"], "copies");
    assert_eq!(made["created_at"], "2026-11-24T12:00:00.123456Z");
    assert_eq!(made["updated_at"], made["created_at"]);
    let id = made["id"].as_str().expect("an id");
    assert!(id.len() == 26 && id.starts_with('s'));
    assert_eq!(admin.get(&format!("{ACCOUNTS}/{id}")).await.body(200), made);
}

#[tokio::test]
async fn the_organization_is_found_by_id_or_label() {
    let world = World::new().await;
    let (admin, organization) = (world.admin().await, &world.first.organization.id);
    let by_id = format!("/organizations/{organization}/service-accounts");
    for path in [ACCOUNTS, &by_id] {
        admin.post(path, &json!({ "name": "x" })).await.body(201);
    }
    let label = "/organizations/ACME/service-accounts";
    admin.post(label, &json!({ "name": "x" })).await.is_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn absent_members_are_omitted_and_read_only_ones_are_ignored() {
    let world = World::new().await;
    let body = json!({
        "name": "x", "description": null, "id": "s1", "created_at": 1, "roles": null, "permissions": {}
    });
    let made = world.admin().await.post(ACCOUNTS, &body).await.body(201);
    assert_eq!(members(&made), ["created_at", "id", "name", "updated_at"]);
    let empty = json!({ "name": "x", "description": "" });
    let made = world.admin().await.post(ACCOUNTS, &empty).await.body(201);
    assert_eq!(members(&made), ["created_at", "id", "name", "updated_at"]);
}

#[tokio::test]
async fn a_description_keeps_its_tabs_and_line_breaks() {
    let world = World::new().await;
    let (admin, text) = (world.admin().await, "Copies:\n\t- orders\r\n\t- bills");
    let body = json!({ "name": "x", "description": format!("\n {text} \n") });
    let made = admin.post(ACCOUNTS, &body).await.body(201);
    assert_eq!(made["description"], text);
    let at = format!("{ACCOUNTS}/{}", made["id"].as_str().expect("an id"));
    let other = "one\n\ntwo\tthree";
    let changed = admin.patch(&at, &json!({ "description": other })).await.body(200);
    assert_eq!(changed["description"], other);
    assert_eq!(admin.get(&at).await.body(200), changed);
    for wrong in ["a\u{B}b", "a\u{1B}b", "a\u{85}b"] {
        let body = json!({ "description": wrong });
        admin.patch(&at, &body).await.is_invalid("description");
    }
}

#[tokio::test]
async fn an_account_is_created_with_roles_by_callers_who_may_grant_them() {
    let world = World::new().await;
    let (admin, member) = (world.admin().await, world.member().await);
    let body = json!({ "name": "x", "roles": ["org_viewer", "org_member", "org_viewer"] });
    let made = admin.post(ACCOUNTS, &body).await.body(201);
    assert_eq!(members(&made), ["created_at", "id", "name", "updated_at"]);
    let query = "query($id: ID!) { node(id: $id) { ... on ServiceAccount { roles { label } } } }";
    let held = admin.graphql(query, json!({ "id": made["id"] })).await.data("/node/roles");
    assert_eq!(held, json!([{ "label": "org_member" }, { "label": "org_viewer" }]));
    let refused = member.post(ACCOUNTS, &json!({ "name": "x", "roles": ["org_viewer"] })).await;
    refused.is_error(403, "FORBIDDEN");
    assert_eq!(refused.json()["permission"], "roles:grant");
    let unknown = json!({ "name": "x", "roles": ["org_viewer", "root", "org_admin", ""] });
    let refused = admin.post(ACCOUNTS, &unknown).await;
    refused.is_invalid("roles.1");
    assert_eq!(refused.json()["fields"][1]["field"], "roles.3");
    let worse = json!({ "name": " ", "description": "x".repeat(501), "roles": ["root"] });
    let refused = admin.post(ACCOUNTS, &worse).await;
    assert_eq!(named(&refused), ["name", "description", "roles.0"]);
}

#[tokio::test]
async fn invalid_names_are_rejected_and_nothing_is_created() {
    let world = World::new().await;
    let admin = world.admin().await;
    let request = || admin.request(reqwest::Method::POST, ACCOUNTS);
    let mut bodies: Vec<String> =
        WRONG_NAMES.iter().map(|name| format!(r#"{{"name":{name}}}"#)).collect();
    bodies.extend([
        "{}".to_owned(),
        r#"{"name":"a","name":"b"}"#.to_owned(),
        json!({ "name": "x".repeat(256) }).to_string(),
        json!({ "name": "x", "description": "x".repeat(501) }).to_string(),
        json!({ "name": "x", "description": "a\u{0}" }).to_string(),
        json!({ "name": "x", "description": 1 }).to_string(),
    ]);
    for body in bodies {
        let request = request().header("content-type", "application/json").body(body);
        crate::support::Reply::of(request).await.is_error(400, "BAD_USER_INPUT");
    }
    let longest = json!({ "name": "ü".repeat(255), "description": "ü".repeat(500) });
    admin.post(ACCOUNTS, &longest).await.body(201);
    let all = admin.get(ACCOUNTS).await.body(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2), "the admin and the longest");
}

#[tokio::test]
async fn a_member_can_create_accounts_and_a_viewer_cannot() {
    let world = World::new().await;
    let body = json!({ "name": "x" });
    world.member().await.post(ACCOUNTS, &body).await.body(201);
    world.viewer().await.post(ACCOUNTS, &body).await.is_error(403, "FORBIDDEN");
    world.stranger().await.post(ACCOUNTS, &body).await.is_error(404, "NOT_FOUND");
    world.anonymous().post(ACCOUNTS, &body).await.is_error(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_organization_has_a_limited_number_of_service_accounts() {
    let world = World::with(&[("SERVICE_ACCOUNTS_PER_ORGANIZATION", "5")]).await;
    let (_, other) = world.replica_with(&[("SERVICE_ACCOUNTS_PER_ORGANIZATION", "5")]).await;
    let admin = world.admin().await;
    let mut creating = JoinSet::new();
    for nth in 0..12 {
        let at = if nth % 2 == 0 { admin.clone() } else { admin.at(&other) };
        let name = json!({ "name": format!("Account {nth}") });
        creating.spawn(async move { at.post(ACCOUNTS, &name).await });
    }
    let replies = creating.join_all().await;
    assert_eq!(replies.iter().filter(|it| it.status == 201).count(), 4, "beside the admin");
    for refused in replies.iter().filter(|it| it.status != 201) {
        refused.is_conflict("LIMIT_REACHED");
        assert!(refused.text.contains("at most 5 service accounts"), "{refused:?}");
    }
    // The way in that an operator needs when all else is lost.
    world.account(&[]).await;
    admin.post(ACCOUNTS, &json!({ "name": "x" })).await.is_conflict("LIMIT_REACHED");
    let list = admin.get(ACCOUNTS).await.body(200);
    let ids = list["items"].as_array().expect("items").iter().filter_map(|it| it["id"].as_str());
    for id in ids.filter(|id| *id != world.first.service_account.id.as_str()).take(2) {
        assert_eq!(admin.delete(&format!("{ACCOUNTS}/{id}")).await.status, 204);
    }
    admin.post(ACCOUNTS, &json!({ "name": "x" })).await.body(201);
}
