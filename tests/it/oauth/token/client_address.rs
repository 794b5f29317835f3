//! Client address: `X-Forwarded-For` counts from trusted proxies only.

use super::credential_usage::{fetch, usage};
use crate::support::World;

#[tokio::test]
async fn x_forwarded_for_is_ignored_without_a_trusted_proxy() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    fetch(&world.anonymous(), &account, "203.0.113.9", "x").await;
    assert_eq!(usage(&admin, &account).await["lastSourceAddress"], "127.0.0.1");
}
