//! What every answer has in common.

use reqwest::Method;

use crate::support::{Reply, World};

#[tokio::test]
async fn every_response_has_a_request_id() {
    let world = World::new().await;
    for path in ["/healthz", "/oauth/token", "/graphql", "/nowhere", "/.well-known/jwks.json"] {
        let request = || world.anonymous().request(Method::GET, path);
        let given = Reply::of(request().header("x-client-request-id", "mine 42")).await;
        assert_eq!(given.header("x-client-request-id"), Some("mine 42"), "{path}");
        let too_long = Reply::of(request().header("x-client-request-id", "x".repeat(129))).await;
        let tab = Reply::of(request().header("x-client-request-id", "a\tb")).await;
        for made in [too_long, tab, Reply::of(request()).await] {
            assert_eq!(made.header("x-client-request-id").map(str::len), Some(26), "{path}");
        }
    }
}
