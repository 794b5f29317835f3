//! Event streams, after `graphql-sse` in its distinct connections mode.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{EVENTS, create_account, last_cursor};
use crate::support::{Caller, VIEWER, World, in_time};

/// The request for a stream.
pub fn request(caller: &Caller, query: &str, variables: &Value) -> reqwest::RequestBuilder {
    let body = json!({ "query": query, "variables": variables });
    let request = caller.request(Method::POST, "/graphql/stream").json(&body);
    request.header("accept", "text/event-stream")
}

/// Reads a stream up to a text.
async fn read_until(response: &mut reqwest::Response, text: &str) -> String {
    let mut read = String::new();
    in_time("an event", async {
        while !read.contains(text) {
            let chunk = response.chunk().await.expect("readable");
            let chunk = chunk.unwrap_or_else(|| panic!("the stream has ended: {read}"));
            read += std::str::from_utf8(&chunk).expect("text");
        }
    })
    .await;
    read
}

#[tokio::test]
async fn a_query_is_one_result_and_the_end() {
    let world = World::new().await;
    let admin = world.admin().await;
    let response = request(&admin, VIEWER, &json!({})).send().await.expect("a response");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = response.text().await.expect("a body");
    assert!(text.starts_with("event: next\ndata: {\"data\":{\"viewer\":"), "{text}");
    assert!(text.ends_with("}\n\nevent: complete\ndata:\n\n"), "{text}");
}

#[tokio::test]
async fn events_arrive_as_they_happen_and_the_stream_ends_with_its_token() {
    let world = World::new().await;
    let admin = world.admin().await;
    let after = last_cursor(&world).await;
    let variables = json!({ "organization": "acme", "after": after });
    let mut response = request(&admin, EVENTS, &variables).send().await.expect("a response");
    let account = create_account(&admin, "New").await;
    let text = read_until(&mut response, &account).await;
    assert!(text.starts_with("event: next\ndata: {\"data\":{\"auditEventAdded\":"), "{text}");
    world.clock.advance(TimeDelta::seconds(3_600));
    let end = read_until(&mut response, "event: complete\ndata:\n\n").await;
    assert!(end.contains("\"code\":\"UNAUTHENTICATED\""), "{end}");
    assert!(in_time("the end", response.chunk()).await.expect("readable").is_none());
}

#[tokio::test]
async fn requests_that_are_rejected_have_a_status() {
    let world = World::new().await;
    let admin = world.admin().await;
    let status = async |request: reqwest::RequestBuilder| {
        request.send().await.expect("a response").status().as_u16()
    };
    assert_eq!(status(request(&world.anonymous(), VIEWER, &json!({}))).await, 401);
    assert_eq!(status(request(&admin, "{", &json!({}))).await, 400);
    assert_eq!(status(request(&admin, "subscription { a b }", &json!({}))).await, 400);
    let wrong = admin.request(Method::POST, "/graphql/stream").json(&json!({ "query": VIEWER }));
    assert_eq!(status(wrong).await, 406);
    let path = "/graphql/stream?query=mutation%7Ba%7D";
    let get = admin.request(Method::GET, path).header("accept", "text/event-stream");
    assert_eq!(status(get).await, 405);
    let refused = request(&world.member().await, EVENTS, &json!({ "organization": "acme" }));
    let text = refused.send().await.expect("a response").text().await.expect("a body");
    assert!(text.contains("\"code\":\"FORBIDDEN\"") && text.contains("event: complete"), "{text}");
}
