//! `/healthz` and `/readyz`.

use crate::support::World;

#[tokio::test]
async fn the_server_is_ready_when_the_database_responds_and_a_key_is_loaded() {
    let world = World::new().await;
    assert_eq!(world.anonymous().get("/readyz").await.status, 200);
}
