//! Errors of the server itself, outside of any surface.

use reqwest::Method;

use crate::support::{Reply, World};

#[tokio::test]
async fn unknown_paths_and_methods_get_json_errors() {
    let world = World::new().await;
    let unknown = world.anonymous().get("/nowhere").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &"NOT_FOUND".into()));
    let wrong = Reply::of(world.anonymous().request(Method::POST, "/healthz")).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.header("allow").is_some_and(|allow| allow.contains("GET")));
}
