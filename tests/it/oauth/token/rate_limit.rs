//! Rule 11: too many failures, and faults that are ours.

use crate::support::{Account, World};

#[tokio::test]
async fn failed_authentications_hit_the_rate_limit_and_correct_secrets_never_do() {
    let world = World::with(&[("RATE_LIMIT", "3")]).await;
    let account = world.admin_account();
    let wrong = Account { secret: world.account(&[]).await.secret, ..account.clone() };
    for _ in 0..20 {
        assert_eq!(world.anonymous().ask_token(&account.form()).await.status, 200);
    }
    for _ in 0..3 {
        world.anonymous().ask_token(&wrong.form()).await.is_oauth_error(401, "invalid_client");
    }
    let reply = world.anonymous().ask_token(&wrong.form()).await;
    reply.is_oauth_error(429, "invalid_client");
    let wait: u64 = reply.header("retry-after").and_then(|it| it.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(world.anonymous().ask_token(&account.form()).await.status, 200);
}

#[tokio::test]
async fn a_database_failure_is_503_and_not_a_failed_authentication() {
    let world = World::new().await;
    world.app.db.clone().close().await.expect("closed");
    let reply = world.anonymous().ask_token(&world.admin_account().form()).await;
    reply.is_oauth_error(503, "temporarily_unavailable");
    let wait: u64 = reply.header("retry-after").and_then(|it| it.parse().ok()).expect("seconds");
    assert!(wait <= 60);
    assert_eq!(world.anonymous().get("/readyz").await.status, 503);
    assert_eq!(world.anonymous().get("/healthz").await.status, 200);
}
