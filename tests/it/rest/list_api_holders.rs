//! GET /organizations/{organization_id}/apis/{api_id}/grants.

use reqwest::Method;
use serde_json::json;

use super::path;
use crate::support::{Reply, World};

#[tokio::test]
async fn the_holders_of_a_scope_are_listed_in_order_of_their_first_grant() {
    let world = World::new().await;
    let admin = world.admin().await;
    let api = json!({ "identifier": "https://x.example", "name": "x", "scopes": ["a", "b"] });
    let api = admin.post("/organizations/acme/apis", &api).await.body(201);
    let api = api["id"].as_str().expect("an id");
    let (first, second) = (world.account(&[]).await, world.account(&[]).await);
    for (account, scopes) in [(&second, json!(["a"])), (&first, json!(["a", "b"]))] {
        world.clock.advance(chrono::TimeDelta::seconds(1));
        let grant = admin.request(Method::PUT, &format!("{}/api-grants/{api}", path(account)));
        Reply::of(grant.json(&json!({ "scopes": scopes }))).await.body(200);
    }
    let at = format!("/organizations/acme/apis/{api}/grants");
    let all = admin.get(&at).await.body(200);
    let ids: Vec<_> = all["items"].as_array().expect("items").iter().collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0]["service_account_id"], second.id.as_str());
    let b = admin.get(&format!("{at}?scope=b&expand=permissions")).await.body(200);
    assert_eq!(b["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(b["items"][0]["scopes"], json!(["a", "b"]));
    admin.get(&format!("{at}?scope=c")).await.is_invalid("scope");
    let cursor = all["page_info"]["start_cursor"].as_str().expect("a cursor");
    let rest = admin.get(&format!("{at}?limit=1&after={cursor}")).await.body(200);
    assert_eq!(rest["items"][0]["service_account_id"], first.id.as_str());
    admin.get(&format!("{at}?scope=a&after={cursor}")).await.is_invalid("after");
    for (query, expected) in [
        ("order_by=created_at", [&second, &first]),
        ("order_by=created_at&direction=asc", [&second, &first]),
        ("direction=desc", [&first, &second]),
        ("scope=a&direction=desc", [&first, &second]),
    ] {
        let list = admin.get(&format!("{at}?{query}")).await.body(200);
        let ids = [0, 1].map(|nth| list["items"][nth]["service_account_id"].clone());
        assert_eq!(ids, expected.map(|it| json!(it.id)), "{query}");
    }
    let newest = admin.get(&format!("{at}?direction=desc&limit=1")).await.body(200);
    let cursor = newest["page_info"]["end_cursor"].as_str().expect("a cursor");
    let rest = admin.get(&format!("{at}?direction=desc&after={cursor}")).await.body(200);
    assert_eq!(rest["items"][0]["service_account_id"], second.id.as_str());
    admin.get(&format!("{at}?after={cursor}")).await.is_invalid("after");
    admin.get(&format!("{at}?order_by=name")).await.is_invalid("order_by");
    admin.get(&format!("{at}?direction=down")).await.is_invalid("direction");
    world.viewer().await.get(&at).await.body(403);
}
