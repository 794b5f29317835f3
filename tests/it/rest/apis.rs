//! Registering, reading, changing and deleting APIs.

use reqwest::Method;
use serde_json::json;

use super::{ids, members, path};
use crate::support::{Caller, Reply, World};

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
async fn apis_are_listed_in_the_order_of_a_parameter() {
    let world = World::new().await;
    let admin = world.admin().await;
    for name in ["b", "C", "a"] {
        world.clock.advance(chrono::TimeDelta::seconds(1));
        let identifier = format!("https://{}.example", name.to_lowercase());
        let body = json!({ "identifier": identifier, "name": name, "scopes": ["read"] });
        admin.post(APIS, &body).await.body(201);
    }
    for (query, expected) in [
        ("", ["b", "C", "a"]),
        ("order_by=created_at", ["b", "C", "a"]),
        ("direction=desc", ["a", "C", "b"]),
        ("order_by=name", ["a", "b", "C"]),
        ("order_by=name&direction=desc", ["C", "b", "a"]),
        ("order_by=name&query=.example", ["a", "b", "C"]),
    ] {
        let list = admin.get(&format!("{APIS}?{query}")).await.body(200);
        let names = [0, 1, 2].map(|nth| list["items"][nth]["name"].clone());
        assert_eq!(names, expected.map(|it| json!(it)), "{query}");
    }
    admin.get(&format!("{APIS}?order_by=identifier")).await.is_invalid("order_by");
    admin.get(&format!("{APIS}?direction=down")).await.is_invalid("direction");
    admin.get(&format!("{APIS}?query=&order_by=name")).await.is_invalid("query");
}

#[tokio::test]
async fn invalid_inputs_of_an_api_are_named() {
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
    for identifier in [json!("https://y.example"), json!("https://X.example"), json!(null)] {
        let change = json!({ "name": "y", "identifier": identifier });
        admin.patch(&at, &change).await.is_invalid("identifier");
    }
    assert_eq!(admin.get(&at).await.body(200), made);
}

/// An API with three scopes, of which a service account holds one; and where both are.
async fn held(world: &World) -> (Caller, String, String) {
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a", "b", "c"] });
    let made = admin.post(APIS, &body).await.body(201);
    let id = made["id"].as_str().expect("an id");
    let grants = format!("{}/api-grants", path(&account));
    let grant = admin.request(Method::PUT, &format!("{grants}/{id}"));
    Reply::of(grant.json(&json!({ "scopes": ["a", "b"] }))).await.body(200);
    (admin, format!("{APIS}/{id}"), grants)
}

#[tokio::test]
async fn removing_a_granted_scope_requires_force() {
    let world = World::new().await;
    let (admin, at, grants) = held(&world).await;
    let free = json!({ "add_scopes": ["d", "a"], "remove_scopes": ["c", "z"], "force": null });
    let changed = admin.patch(&at, &free).await.body(200);
    assert_eq!(changed["scopes"], json!(["a", "b", "d"]));
    assert_eq!(changed.get("revoked_grants"), None);
    let before = world.dump().await;
    for (name, scopes) in [("remove_scopes", json!(["a"])), ("scopes", json!(["b", "d"]))] {
        for force in [None, Some(json!(false)), Some(json!(null))] {
            let mut change = json!({ "name": "y", name: scopes });
            change.as_object_mut().expect("members").extend(force.map(|it| ("force".into(), it)));
            admin.patch(&at, &change).await.is_conflict("SCOPE_IN_USE");
        }
    }
    assert_eq!(world.dump().await, before, "a refused change changes nothing");
    let forced = json!({ "add_scopes": ["e"], "remove_scopes": ["a", "d"], "force": true });
    let changed = admin.patch(&at, &forced).await.body(200);
    assert_eq!((&changed["scopes"], &changed["revoked_grants"]), (&json!(["b", "e"]), &json!(1)));
    let list = admin.get(&grants).await.body(200);
    assert_eq!(list["items"][0]["scopes"], json!(["b"]));
    let replaced = json!({ "scopes": ["e"], "force": true });
    assert_eq!(admin.patch(&at, &replaced).await.body(200)["revoked_grants"], 1);
    assert_eq!(admin.get(&grants).await.body(200)["items"], json!([]));
    assert_eq!(admin.get(&at).await.body(200).get("revoked_grants"), None);
}

#[tokio::test]
async fn contradictory_scope_changes_are_rejected() {
    let world = World::new().await;
    let (admin, at, _) = held(&world).await;
    let many: Vec<_> = (0..98).map(|it| format!("s{it}")).collect();
    let before = world.dump().await;
    for (change, field) in [
        (json!({ "scopes": ["a"], "add_scopes": ["d"] }), "scopes"),
        (json!({ "scopes": ["a"], "remove_scopes": [] }), "scopes"),
        (json!({ "add_scopes": ["d"], "remove_scopes": ["z", "d"] }), "remove_scopes.1"),
        (json!({ "remove_scopes": ["a", "b", "c"], "force": true }), "remove_scopes"),
        (json!({ "add_scopes": ["d", "e f"] }), "add_scopes.1"),
        (json!({ "add_scopes": "d" }), "add_scopes"),
        (json!({ "force": "true" }), "force"),
    ] {
        admin.patch(&at, &change).await.is_invalid(field);
    }
    let too_many = json!({ "add_scopes": many });
    admin.patch(&at, &too_many).await.is_conflict("LIMIT_REACHED");
    assert_eq!(world.dump().await, before, "a refused change changes nothing");
}

#[tokio::test]
async fn an_api_can_be_sent_back_as_it_was_read() {
    let world = World::new().await;
    let (admin, at, _) = held(&world).await;
    let forced = json!({ "remove_scopes": ["a"], "force": true });
    let mut read = admin.patch(&at, &forced).await.body(200);
    assert_eq!(read["revoked_grants"], 1);
    let plain = admin.get(&at).await.body(200);
    assert_eq!(admin.patch(&at, &read).await.body(200), plain);
    read["name"] = json!("Renamed");
    assert_eq!(admin.patch(&at, &read).await.body(200)["name"], "Renamed");
}

#[tokio::test]
async fn the_identifier_of_a_deleted_api_stays_reserved_without_revealing_it() {
    let world = World::new().await;
    let (admin, stranger) = (world.admin().await, world.stranger().await);
    let theirs = "/organizations/globex/apis";
    let body = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a"] });
    let made = admin.post(APIS, &body).await.body(201);
    let refused = stranger.post(theirs, &body).await;
    refused.is_conflict("IDENTIFIER_NOT_ALLOWED");
    let at = format!("{APIS}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(admin.delete(&at).await.status, 204);
    assert_eq!(stranger.post(theirs, &body).await.text, refused.text);
    admin.post(APIS, &body).await.body(201);
    admin.post(APIS, &body).await.is_conflict("IDENTIFIER_NOT_ALLOWED");
}

#[tokio::test]
async fn a_member_cannot_change_apis() {
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
