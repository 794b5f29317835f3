//! Registering, reading, changing and deleting APIs.

use serde_json::json;

use super::{ids, members};
use crate::support::World;

const APIS: &str = "/organizations/acme/apis";

#[tokio::test]
async fn an_api_is_registered_read_changed_and_deleted() {
    let world = World::new().await;
    let admin = world.admin().await;
    let body = json!({ "identifier": "https://orders.example.com", "name": " Orders ", "scopes": ["read", "write"] });
    let made = admin.post(APIS, &body).await.body(201);
    let expected = ["created_at", "id", "identifier", "name", "scopes", "updated_at"];
    assert_eq!(members(&made), expected);
    assert_eq!((&made["name"], &made["scopes"]), (&json!("Orders"), &body["scopes"]));
    let id = made["id"].as_str().expect("an id");
    let at = format!("{APIS}/{id}");
    let viewer = world.viewer().await;
    assert_eq!(viewer.get(&at).await.body(200), made);
    let list = viewer.get(APIS).await.body(200);
    assert_eq!(
        (&list["items"], &list["page_info"]["has_next_page"]),
        (&json!([made]), &json!(false))
    );
    let change = json!({ "scopes": ["read"], "id": "x", "created_at": "x" });
    let changed = admin.patch(&at, &change).await.body(200);
    assert_eq!((&changed["name"], &changed["scopes"]), (&json!("Orders"), &json!(["read"])));
    assert_eq!(admin.patch(&at, &json!({})).await.body(200), changed);
    assert_eq!(admin.delete(&at).await.status, 204);
    admin.get(&at).await.is_error(404, "NOT_FOUND");
    admin.delete(&at).await.is_error(404, "NOT_FOUND");
    assert!(ids(&admin.get(APIS).await.body(200)).is_empty());
}

#[tokio::test]
async fn invalid_inputs_are_named() {
    let world = World::new().await;
    let admin = world.admin().await;
    let nothing = admin.post(APIS, &json!({})).await;
    nothing.is_invalid("identifier");
    let fields = nothing.json()["fields"].clone();
    assert_eq!((&fields[1]["field"], &fields[2]["field"]), (&json!("name"), &json!("scopes")));
    let body = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a", "b c"] });
    admin.post(APIS, &body).await.is_invalid("scopes.1");
    let good = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a"] });
    let made = admin.post(APIS, &good).await.body(201);
    let at = format!("{APIS}/{}", made["id"].as_str().expect("an id"));
    admin.patch(&at, &json!({ "name": null })).await.is_invalid("name");
    admin.patch(&at, &json!({ "scopes": [] })).await.is_invalid("scopes");
    admin.patch(&at, &json!({ "identifier": "https://y.example" })).await.is_invalid("identifier");
    assert_eq!(admin.get(&at).await.body(200), made);
}

#[tokio::test]
async fn members_do_not_change_them() {
    let world = World::new().await;
    let body = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a"] });
    let made = world.admin().await.post(APIS, &body).await.body(201);
    let at = format!("{APIS}/{}", made["id"].as_str().expect("an id"));
    let member = world.member().await;
    member.post(APIS, &body).await.is_error(403, "FORBIDDEN");
    member.patch(&at, &json!({ "name": "y" })).await.is_error(403, "FORBIDDEN");
    member.delete(&at).await.is_error(403, "FORBIDDEN");
    let stranger = world.stranger().await;
    stranger.get(&at).await.is_error(404, "NOT_FOUND");
    stranger.get(&at.replace("acme", "globex")).await.is_error(404, "NOT_FOUND");
    stranger.delete(&at.replace("acme", "globex")).await.is_error(404, "NOT_FOUND");
    assert_eq!(member.get(&at).await.body(200), made);
}
