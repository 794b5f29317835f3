//! Batches under concurrency, failures and cancellation.

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::*;

/// A coalescer that doubles numbers in batches, each after a permit, and records the batch sizes.
fn doubling(permits: &Arc<Semaphore>) -> (Coalescer<u32, u32>, Arc<Mutex<Vec<usize>>>) {
    let (permits, sizes) = (Arc::clone(permits), Arc::new(Mutex::new(Vec::new())));
    let recorded = Arc::clone(&sizes);
    let coalescer = Coalescer::new(1, move |batch: Vec<u32>| {
        recorded.lock().expect("the sizes").push(batch.len());
        let permits = Arc::clone(&permits);
        async move {
            permits.acquire().await.expect("a permit").forget();
            if batch.contains(&13) {
                return Err(Error::Unavailable("thirteen".into()));
            }
            assert!(!batch.contains(&666), "a defect");
            Ok(batch.into_iter().map(|it| 2 * it).collect())
        }
    });
    (coalescer, sizes)
}

#[tokio::test]
async fn requests_during_a_batch_share_the_next_batch() {
    let permits = Arc::new(Semaphore::new(0));
    let (coalescer, sizes) = doubling(&permits);
    let requests = join_all((20..40).map(|it| coalescer.request(it)));
    let grant = async {
        while sizes.lock().expect("the sizes").is_empty() {
            tokio::task::yield_now().await;
        }
        permits.add_permits(9);
    };
    let (replies, ()) = tokio::join!(requests, grant);
    let replies: Vec<_> = replies.into_iter().map(|it| it.expect("a reply")).collect();
    assert_eq!(replies, (20..40).map(|it| 2 * it).collect::<Vec<_>>());
    assert_eq!(sizes.lock().expect("the sizes").iter().sum::<usize>(), 20);
    assert!(sizes.lock().expect("the sizes").len() <= 2);
}

#[tokio::test]
async fn a_failed_or_panicked_batch_is_reported_to_each_request_and_the_next_batch_runs() {
    for failing in [13, 666] {
        let permits = Arc::new(Semaphore::new(0));
        let (coalescer, _) = doubling(&permits);
        let mut first = Box::pin(coalescer.request(1));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut others = Box::pin(join_all([failing, 2].map(|it| coalescer.request(it))));
        assert!(futures_util::poll!(&mut others).is_pending());
        permits.add_permits(9);
        let (first, others) = tokio::join!(first, others);
        assert_eq!(first.ok(), Some(2));
        assert!(others.iter().all(Result::is_err), "{others:?}");
        assert_eq!(coalescer.request(4).await.ok(), Some(8));
    }
}

#[tokio::test]
async fn waiting_requests_get_replies_after_the_first_caller_is_cancelled() {
    let permits = Arc::new(Semaphore::new(0));
    let (coalescer, sizes) = doubling(&permits);
    let first = coalescer.request(1);
    let both = async { tokio::join!(coalescer.request(4), coalescer.request(5)) };
    let (mut first, mut both) = (Box::pin(first), Box::pin(both));
    assert!(futures_util::poll!(&mut first).is_pending());
    assert!(futures_util::poll!(&mut both).is_pending());
    drop(first);
    permits.add_permits(9);
    let (four, five) = both.await;
    assert_eq!((four.ok(), five.ok()), (Some(8), Some(10)));
    assert_eq!(*sizes.lock().expect("the sizes"), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn requests_behind_a_hung_batch_are_rejected_with_it() {
    let coalescer = Coalescer::new(1, |_: Vec<u32>| async {
        tokio::time::sleep(HUNG_AFTER).await;
        Err::<Vec<u32>, _>(Error::Unavailable("no response".into()))
    });
    let began = Instant::now();
    let replies = join_all((0..3).map(|it| coalescer.request(it))).await;
    assert!(replies.iter().all(Result::is_err), "{replies:?}");
    assert_eq!(began.elapsed(), HUNG_AFTER);
}

#[tokio::test]
async fn requests_of_cancelled_callers_are_not_sent() {
    let permits = Arc::new(Semaphore::new(0));
    let (coalescer, sizes) = doubling(&permits);
    let first = coalescer.request(1);
    let cancelled = async {
        tokio::task::yield_now().await;
        drop(coalescer.request(2).now_or_never());
        permits.add_permits(9);
    };
    let (reply, ()) = tokio::join!(first, cancelled);
    assert_eq!(reply.ok(), Some(2));
    assert_eq!(coalescer.request(3).await.ok(), Some(6));
    assert_eq!(sizes.lock().expect("the sizes").iter().sum::<usize>(), 2);
}
