//! What the framework would answer in its own words.

use reqwest::Method;
use serde_json::json;

use super::{ACCOUNTS, credential, credentials, named, path};
use crate::support::{Reply, World};

#[tokio::test]
async fn an_unsupported_method_is_405_with_the_allowed_methods() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for (at, allowed) in [
        (ACCOUNTS.to_owned(), "GET,HEAD,POST"),
        (path(&account), "DELETE,GET,HEAD,PATCH"),
        (credentials(&account), "GET,HEAD,POST"),
        (credential(&account), "DELETE,GET,HEAD,PATCH"),
        ("/organizations".to_owned(), "GET,HEAD"),
        ("/organizations/acme".to_owned(), "GET,HEAD,PATCH"),
        ("/organizations/acme/roles".to_owned(), "GET,HEAD,POST"),
        ("/organizations/acme/audit-events".to_owned(), "GET,HEAD"),
        (format!("{}/disable", path(&account)), "POST"),
        (format!("{}/rotation", credential(&account)), "GET,HEAD,POST"),
        (format!("{}/rotation/cancel", credential(&account)), "POST"),
        ("/openapi.json".to_owned(), "GET,HEAD"),
    ] {
        let reply = Reply::of(admin.request(Method::PUT, &at)).await;
        reply.is_error(405, "METHOD_NOT_ALLOWED");
        let allow = reply.header("allow").expect("the methods");
        let mut allow: Vec<_> = allow.split(',').map(str::trim).collect();
        allow.sort_unstable();
        assert_eq!(allow.join(","), allowed, "{at}");
    }
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let world = World::new().await;
    let admin = world.admin().await;
    for at in ["/organisations", "/organizations/", "/organizations/acme/", "/organizations/acme/x"]
    {
        admin.get(at).await.is_error(404, "NOT_FOUND");
    }
    admin.get(&format!("{ACCOUNTS}/")).await.is_error(404, "NOT_FOUND");
    admin.get("/organizations/%ff/service-accounts").await.is_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_body_that_is_not_json_in_utf_8_is_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    let post = |kind: Option<&'static str>, body: Vec<u8>| {
        let request = admin.request(Method::POST, ACCOUNTS).body(body);
        Reply::of(match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        })
    };
    let good = || br#"{"name":"x"}"#.to_vec();
    for wrong in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("application/json; charset=latin1"),
    ] {
        post(wrong, good()).await.is_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    for right in ["application/json", "Application/JSON; charset=UTF-8"] {
        post(Some(right), good()).await.body(201);
    }
    for broken in [
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        br#""x""#.to_vec(),
        br#"{"name":"x"} {}"#.to_vec(),
        b"{\"name\":\"\xff\"}".to_vec(),
        b"\xef\xbb\xbf{\"name\":\"x\"}".to_vec(),
        br#"["x"]"#.to_vec(),
    ] {
        post(Some("application/json"), broken).await.is_error(400, "BAD_USER_INPUT");
    }
    let deep = format!(r#"{{"name":"x","id":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    post(Some("application/json"), deep.into_bytes()).await.is_error(400, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_body_over_64_kib_is_rejected() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = |size: usize| {
        let frame = r#"{"name":"x","id":""}"#.len();
        json!({ "name": "x", "id": "x".repeat(size - frame) })
    };
    admin.post(ACCOUNTS, &body(65_536)).await.body(201);
    for size in [65_537, 1_000_000] {
        admin.post(ACCOUNTS, &body(size)).await.is_error(413, "PAYLOAD_TOO_LARGE");
        admin.patch(&path(&account), &body(size)).await.is_error(413, "PAYLOAD_TOO_LARGE");
    }
}

#[tokio::test]
async fn an_error_message_quotes_little_of_the_input() {
    let world = World::new().await;
    let body = json!({ "name": { "x".repeat(10_000): 1 } });
    let reply = world.admin().await.post(ACCOUNTS, &body).await;
    reply.is_error(400, "BAD_USER_INPUT");
    assert!(reply.text.len() < 400, "{}", reply.text.len());
    let reply = world.admin().await.post(ACCOUNTS, &json!({ "x".repeat(10_000): 1 })).await;
    reply.is_error(400, "BAD_USER_INPUT");
    assert!(reply.text.len() < 500, "{}", reply.text.len());
}

#[tokio::test]
async fn unknown_and_repeated_members_are_named() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let (one, its) = (credential(&account), credentials(&account));
    let before = admin.get(&one).await.text;
    for (method, at, body, field) in [
        (Method::POST, ACCOUNTS, r#"{"name":"x","descripton":"y"}"#, "descripton"),
        (Method::POST, ACCOUNTS, r#"{"name":"x","name":"x"}"#, "name"),
        (Method::POST, ACCOUNTS, r#"{"name":"x","id":1,"id":2}"#, "id"),
        (Method::POST, ACCOUNTS, r#"{"name":"x","restrictions":{}}"#, "restrictions"),
        (Method::POST, &its, r#"{"name":"x","expires":"2099-01-01T00:00:00Z"}"#, "expires"),
        (Method::POST, &its, r#"{"name":"x","restrictions":{"scope":[]}}"#, "restrictions.scope"),
        (Method::POST, &its, r#"{"name":"x","restrictions":{"id":1}}"#, "restrictions.id"),
        (Method::POST, &its, r#"{"name":"x","restrictions":[null,null]}"#, "restrictions"),
        (
            Method::POST,
            &its,
            r#"{"name":"x","restrictions":{"token_lifetime":"60"}}"#,
            "restrictions.token_lifetime",
        ),
        (Method::PATCH, &one, r#"{"name":"x","public_key":null}"#, "public_key"),
        (
            Method::PATCH,
            &one,
            r#"{"name":"x","restrictions":{"ip":["10.0.0.0/8"]}}"#,
            "restrictions.ip",
        ),
        (Method::PATCH, &one, r#"{"restrictions":{"scopes":["a",1]}}"#, "restrictions.scopes.1"),
        (
            Method::PATCH,
            &one,
            r#"{"restrictions":{"scopes":null,"scopes":null}}"#,
            "restrictions.scopes",
        ),
        (Method::PATCH, &one, r#"{"expires_at":"tomorrow"}"#, "expires_at"),
        (Method::PATCH, &one, r#"{"expires_at":""}"#, "expires_at"),
        (Method::PATCH, "/organizations/acme", r#"{"labels":"x"}"#, "labels"),
    ] {
        let request = admin.request(method, at).header("content-type", "application/json");
        Reply::of(request.body(body)).await.is_invalid(field);
    }
    assert_eq!(admin.get(&one).await.text, before);
}

#[tokio::test]
async fn every_invalid_input_is_named() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = json!({
        "description": "x".repeat(501),
        "expires_at": "2000-01-01T00:00:00Z",
        "restrictions": { "addresses": ["10.0.0.0/8", "x", "10.0.0.0/33"], "token_lifetime": 59 },
    });
    let reply = admin.post(&credentials(&account), &body).await;
    reply.is_invalid("name");
    let expected = [
        "name",
        "description",
        "expires_at",
        "restrictions.addresses.1",
        "restrictions.addresses.2",
        "restrictions.token_lifetime",
    ];
    assert_eq!(named(&reply), expected);
    assert_eq!(reply.json()["fields"][2]["message"], "must be in the future");
}

#[tokio::test]
async fn rejections_have_machine_readable_reasons() {
    let world = World::new().await;
    let (admin, member) = (world.admin().await, world.member().await);
    let account = world.account(&[]).await;
    let refused = member.delete(&credential(&account)).await;
    refused.is_error(403, "FORBIDDEN");
    assert_eq!(refused.json()["permission"], "service_account_credentials:delete");
    admin.delete(&path(&world.admin_account())).await.is_conflict("LAST_ADMIN");
    admin.get(&format!("{ACCOUNTS}?limit=0")).await.is_invalid("limit");
    admin.get(&format!("{ACCOUNTS}?limit=1&limit=1")).await.is_invalid("limit");
    admin.get(&format!("{ACCOUNTS}?after=x")).await.is_invalid("after");
}

#[tokio::test]
async fn the_www_authenticate_challenge_depends_on_whether_a_token_was_sent() {
    let world = World::new().await;
    let none = world.anonymous().get(ACCOUNTS).await;
    none.is_error(401, "UNAUTHENTICATED");
    assert_eq!(none.header("www-authenticate"), Some(r#"Bearer realm="postern""#));
    let wrong = world.anonymous().with_token("nonsense").get(ACCOUNTS).await;
    wrong.is_error(401, "UNAUTHENTICATED");
    let challenge = wrong.header("www-authenticate").expect("a challenge");
    assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");
    let expired = world.admin().await;
    world.clock.advance(chrono::TimeDelta::hours(2));
    expired.get(ACCOUNTS).await.is_error(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_with_a_scope_has_only_its_permissions() {
    let world = World::new().await;
    let admin = world.admin_account();
    let caller =
        world.sign_in_for(&admin, Some("service_accounts:list service_accounts:read")).await;
    let page = caller.get(&format!("{ACCOUNTS}?expand=permissions")).await.body(200);
    let may =
        json!({ "list": true, "create": false, "read": true, "update": false, "delete": false });
    assert_eq!(page["permissions"]["service_accounts"], may);
    caller.get(&credentials(&admin)).await.is_error(403, "FORBIDDEN");
    caller.get("/organizations/acme").await.body(200);
    caller.patch("/organizations/acme", &json!({})).await.is_error(403, "FORBIDDEN");
    let body = json!({ "name": "x" });
    caller.patch(&path(&admin), &body).await.is_error(403, "FORBIDDEN");
    caller.post(ACCOUNTS, &body).await.is_error(403, "FORBIDDEN");
}
