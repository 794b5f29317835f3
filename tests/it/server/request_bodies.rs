//! Responses that are given before the body of the request was read: the connection goes on, or
//! says that it does not.

use reqwest::Method;
use tokio::task::JoinSet;

use crate::support::{RawConnection, Reply, World, in_time};

fn head(target: &str, fields: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nhost: postern\r\ncontent-type: text/plain\r\n{fields}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_short_unread_body_is_drained_and_the_connection_stays_open() {
    let world = World::new().await;
    let mut raw = RawConnection::connect(&world.base).await;
    for (target, status) in [("/nowhere", 404), ("/organizations", 405), ("/oauth/token", 400)] {
        raw.send(&head(target, "content-length: 100000")).await;
        raw.send(&"x".repeat(50_000)).await;
        tokio::task::yield_now().await;
        raw.send(&"x".repeat(50_000)).await;
        let reply = raw.response().await;
        assert_eq!((reply.status(), reply.header("connection")), (status, None), "{target}");
        raw.send(&head(target, "transfer-encoding: chunked")).await;
        raw.send("5\r\nhello\r\n").await;
        raw.send("0\r\n\r\n").await;
        assert_eq!(raw.response().await.header("connection"), None);
    }
    assert_eq!(raw.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_long_unread_body_gets_a_response_at_once_with_connection_close() {
    let world = World::new().await;
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(&head("/nowhere", "content-length: 4000000")).await;
    let reply = raw.response().await;
    assert_eq!((reply.status(), reply.header("connection")), (404, Some("close")));

    // The response is not lost to one that sends all before it reads.
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(&head("/nowhere", "content-length: 4000000")).await;
    raw.send(&"x".repeat(4_000_000)).await;
    assert_eq!(raw.response().await.status(), 404);
    assert_eq!(raw.closed().await, "");
}

#[tokio::test]
async fn an_endless_unread_body_is_not_drained() {
    let world = World::new().await;
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(&head("/nowhere", "transfer-encoding: chunked")).await;
    raw.send("5\r\nhello\r\n").await;
    let reply = raw.response().await;
    assert_eq!((reply.status(), reply.header("connection")), (404, Some("close")));
}

#[tokio::test]
async fn a_rejected_request_with_expect_continue_gets_no_100_continue() {
    let world = World::new().await;
    let mut raw = RawConnection::connect(&world.base).await;
    raw.send(&head("/nowhere", "content-length: 5\r\nexpect: 100-continue")).await;
    let reply = raw.response().await;
    assert_eq!((reply.status(), reply.header("connection")), (404, Some("close")));
    assert_eq!(raw.closed().await, "");
}

#[tokio::test]
async fn a_pooled_client_never_gets_a_closed_connection() {
    let world = World::new().await;
    let caller = world.anonymous();
    let mut callers = JoinSet::new();
    for nth in 0..8_usize {
        let caller = caller.clone();
        callers.spawn(async move {
            for round in 0..40 {
                let (method, path, status, size) = match (nth + round) % 5 {
                    0 => (Method::POST, "/nowhere", 404, 200_000),
                    1 => (Method::PATCH, "/organizations/acme", 401, 60_000),
                    2 => (Method::PUT, "/oauth/token", 405, 100_000),
                    3 => (Method::POST, "/oauth/token", 413, 900_000),
                    _ => (Method::POST, "/graphql", 413, 300_000),
                };
                let kind = match path {
                    "/oauth/token" => "application/x-www-form-urlencoded",
                    _ => "application/json",
                };
                let request = caller.request(method, path).header("content-type", kind);
                let reply = Reply::of(request.body("x".repeat(size))).await;
                assert_eq!(reply.status, status, "{path}");
                assert_eq!(caller.get("/healthz").await.status, 200);
            }
        });
    }
    in_time("all are answered", callers.join_all()).await;
}
