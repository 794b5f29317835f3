//! What every answer has in common.

use reqwest::Method;

use crate::support::{Reply, World};

#[tokio::test]
async fn every_answer_carries_the_id_of_its_request() {
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

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_json() {
    let world = World::new().await;
    let unknown = world.anonymous().get("/nowhere").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &"NOT_FOUND".into()));
    let wrong = Reply::of(world.anonymous().request(Method::POST, "/healthz")).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.header("allow").is_some_and(|allow| allow.contains("GET")));
}

#[tokio::test]
async fn it_is_ready_when_the_database_answers_and_a_key_is_loaded() {
    let world = World::new().await;
    assert_eq!(world.anonymous().get("/readyz").await.status, 200);
}
