//! `POST /service-account-token`: the token endpoint, where JSON is taken too.

use reqwest::Method;
use serde_json::{Value, json};

use super::token::resource::{ORDERS, STOCK, clerk};
use crate::support::{Reply, World, claims};

const PATH: &str = "/service-account-token";

async fn post(world: &World, body: &Value) -> Reply {
    world.anonymous().post(PATH, body).await
}

#[tokio::test]
async fn a_json_body_and_a_form_get_a_token() {
    let world = World::new().await;
    let account = world.admin_account();
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.secret,
        "audience": ["ignored", 1],
    });
    let form = world.anonymous().request(Method::POST, PATH).form(&account.form());
    for reply in [post(&world, &body).await, Reply::of(form).await] {
        let token = reply.body(200);
        assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let caller = world.anonymous().with_token(token["access_token"].as_str().expect("a token"));
        caller.get("/organizations").await.body(200);
    }
    let mut narrowed = body;
    narrowed["scope"] = json!("service_accounts:read");
    assert_eq!(post(&world, &narrowed).await.body(200)["scope"], "service_accounts:read");
    let basic = world.anonymous().request(Method::POST, PATH);
    let basic = basic.basic_auth(&account.client_id, Some(&account.secret));
    let grant = json!({ "grant_type": "client_credentials", "client_id": null, "scope": "" });
    Reply::of(basic.json(&grant)).await.body(200);
}

#[tokio::test]
async fn invalid_requests_get_the_errors_of_the_token_endpoint() {
    let world = World::new().await;
    let account = world.admin_account();
    let with = |name: &str, value: Value| {
        let mut body = json!({
            "grant_type": "client_credentials",
            "client_id": account.client_id,
            "client_secret": account.secret,
        });
        body[name] = value;
        body
    };
    for (name, value, status, error) in [
        ("grant_type", json!("password"), 400, "unsupported_grant_type"),
        ("grant_type", json!(null), 400, "invalid_request"),
        ("grant_type", json!(["client_credentials"]), 400, "invalid_request"),
        ("client_id", json!("nobody"), 401, "invalid_client"),
        ("client_id", json!("a\u{0}"), 400, "invalid_request"),
        ("client_secret", json!("psk_wrong"), 401, "invalid_client"),
        ("client_secret", json!("ä"), 400, "invalid_request"),
        ("client_secret", json!(1), 400, "invalid_request"),
        ("scope", json!("organizations:burn"), 400, "invalid_scope"),
    ] {
        post(&world, &with(name, value)).await.is_oauth_error(status, error);
    }
    let long = post(&world, &with("x", json!("x".repeat(17_000)))).await;
    long.is_oauth_error(413, "invalid_request");
    for broken in [
        "",
        "{",
        "[]",
        r#"["client_credentials","a","b",null]"#,
        r#"{"client_id":"a","client_id":"b"}"#,
    ] {
        let request = world.anonymous().request(Method::POST, PATH);
        let request = request.header("content-type", "application/json").body(broken);
        Reply::of(request).await.is_oauth_error(400, "invalid_request");
    }
    let text = world.anonymous().request(Method::POST, PATH).body("x");
    Reply::of(text.header("content-type", "text/plain"))
        .await
        .is_oauth_error(400, "invalid_request");
    let get = world.anonymous().get(PATH).await;
    get.is_oauth_error(405, "invalid_request");
    assert_eq!(get.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_json_request_may_name_one_or_several_resources() {
    let world = World::new().await;
    let (_, clerk, ..) = clerk(&world).await;
    let post = async |resource: Value| {
        let body = json!({
            "grant_type": "client_credentials", "client_id": clerk.client_id,
            "client_secret": clerk.secret, "resource": resource,
        });
        world.anonymous().post("/service-account-token", &body).await
    };
    for resource in [json!(ORDERS), json!([ORDERS, ""])] {
        assert_eq!(claims(&post(resource).await)["aud"], ORDERS);
    }
    assert_eq!(claims(&post(json!([ORDERS, STOCK])).await)["aud"], json!([ORDERS, STOCK]));
    for none in [Value::Null, json!(""), json!([])] {
        assert_eq!(claims(&post(none).await)["aud"], "https://postern.test");
    }
    post(json!("https://unknown.example.com")).await.is_oauth_error(400, "invalid_target");
    post(json!(7)).await.is_oauth_error(400, "invalid_request");
}
