//! Waiting for something, and for no longer than it may take.

use std::time::Duration;

/// The longest that anything in a test may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits for `work`, and fails when it does not end in time.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LIMIT, work).await;
    done.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// Checks again and again until `condition` holds, and fails when it does not in time.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    in_time(what, async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
