//! Clients that read slowly.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use postern::authz::Role;
use serde_json::json;
use tower::ServiceExt;

use super::{EVENTS, create_account, last_cursor};
use crate::support::{World, eventually, in_time};

/// The next chunk of a body; empty at the end.
async fn chunk(body: &mut Body) -> String {
    let frame = in_time("a chunk", body.frame()).await;
    let data = frame.map(|frame| frame.expect("readable").into_data().expect("data"));
    String::from_utf8(data.unwrap_or_default().into()).expect("text")
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_no_event_after_its_access_has_ended() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Admin]).await);
    let caller = world.sign_in(&account).await;
    let after = last_cursor(&world).await;
    for number in 0..20 {
        create_account(&admin, &format!("Number {number}")).await;
    }
    last_cursor(&world).await;
    // Without a network, which would take many events that the client has not read.
    let variables = json!({ "organization": "acme", "after": after });
    let body = json!({ "query": EVENTS, "variables": variables }).to_string();
    let token = caller.token.as_deref().expect("a token");
    let request = Request::post("/graphql/stream")
        .header("accept", "text/event-stream")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body))
        .expect("a request");
    let router = postern::server::router(world.app.clone());
    let mut body = router.oneshot(request).await.expect("a response").into_body();
    assert!(chunk(&mut body).await.contains("\"data\""));
    admin.mutate("disableCredential", json!({ "id": account.credential })).await.data("");
    let ended = Instant::now();
    // The time for which a caller counts as authenticated is half of it.
    eventually("the next check", async || ended.elapsed() > Duration::from_secs(1)).await;
    let end = chunk(&mut body).await;
    assert!(end.contains("UNAUTHENTICATED") && !end.contains("\"data\""), "{end}");
    assert_eq!(chunk(&mut body).await, "");
}
