//! Rule 11: too many failures, and faults that are ours.

use crate::support::{Account, World};

#[tokio::test]
async fn too_many_failures_are_slowed_down_but_never_a_correct_secret() {
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
async fn a_fault_of_ours_is_never_the_clients() {
    let world = World::new().await;
    world.app.db.clone().close().await.expect("closed");
    let reply = world.anonymous().ask_token(&world.admin_account().form()).await;
    reply.is_oauth_error(503, "temporarily_unavailable");
    let wait: u64 = reply.header("retry-after").and_then(|it| it.parse().ok()).expect("seconds");
    assert!(wait <= 60);
    assert_eq!(world.anonymous().get("/readyz").await.status, 503);
    assert_eq!(world.anonymous().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn more_secrets_than_may_wait_are_turned_away_with_503() {
    // A hash of some hundred milliseconds, one place before each worker.
    let world = World::with(&[
        ("ARGON2_MEMORY_KIB", "65536"),
        ("ARGON2_ITERATIONS", "3"),
        ("SECRET_QUEUE", "1"),
        ("SECRET_CACHE_ENTRIES", "0"),
    ])
    .await;
    let account = world.admin_account();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = (0..cores * 8).map(|_| {
        let (caller, account) = (world.anonymous(), account.clone());
        tokio::spawn(async move { caller.ask_token(&account.form()).await })
    });
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for reply in asked.collect::<Vec<_>>() {
        *statuses.entry(reply.await.expect("an answer").status).or_default() += 1;
    }
    assert!(statuses.keys().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains_key(&200) && statuses.contains_key(&503), "{statuses:?}");
}
