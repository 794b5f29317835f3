//! Gathering: what is asked for while statements are under way goes into the next one.
//!
//! There is no timer: whoever asks alone waits for nobody, and a crowd shares.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::{Error, Result};

/// How many questions go into one statement at most.
const MOST: usize = 1_000;

/// How many questions may wait; beyond that they are refused at once.
const MOST_WAITING: usize = 16_384;

/// A batch that fails after so long has failed because the database hangs.
const HUNG: Duration = Duration::from_secs(1);

type Answering<Q, A> = dyn Fn(Vec<Q>) -> BoxFuture<'static, Result<Vec<A>>> + Send + Sync;

/// Questions that are answered together.
pub struct Gather<Q, A>(Arc<Parts<Q, A>>);

struct Parts<Q, A> {
    queue: Mutex<Queue<Q, A>>,
    /// How many batches may be under way at once.
    lanes: usize,
    answer: Box<Answering<Q, A>>,
}

struct Queue<Q, A> {
    waiting: Vec<Asked<Q, A>>,
    /// How many batches are under way.
    running: usize,
}

/// A question, and whom to tell.
type Asked<Q, A> = (Q, oneshot::Sender<Result<A>>);

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// `answer` gets the questions of a batch and gives the answers in their order; at most
    /// `lanes` batches are under way at once.
    pub fn new<F>(lanes: usize, answer: impl Fn(Vec<Q>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>>> + Send + 'static,
    {
        let queue = Mutex::new(Queue { waiting: Vec::new(), running: 0 });
        let answer = Box::new(move |batch| answer(batch).boxed());
        Self(Arc::new(Parts { queue, lanes, answer }))
    }

    /// The answer, by a batch that begins after the question was asked.
    ///
    /// # Errors
    /// Those of the batch, for each of its questions; `Unavailable` when too many wait.
    pub async fn ask(&self, question: Q) -> Result<A> {
        let waiting = {
            let mut queue = self.0.queue();
            if queue.running < self.0.lanes {
                queue.running += 1;
                Err(question)
            } else if queue.waiting.len() >= MOST_WAITING {
                return Err(Error::Unavailable("too many requests wait for the database".into()));
            } else {
                let (tell, told) = oneshot::channel();
                queue.waiting.push((question, tell));
                Ok(told)
            }
        };
        match waiting {
            Ok(told) => told.await.map_err(Error::internal)?,
            Err(question) => {
                // A batch of one, by the one who asks: no other task is to be woken. Whoever comes
                // meanwhile is left to the lane, also when this one goes away.
                let lane = Lane(Arc::clone(&self.0));
                let began = Instant::now();
                let answers = (lane.0.answer)(vec![question]).await;
                if answers.is_err() && began.elapsed() >= HUNG {
                    self.0.give_up();
                }
                let mut answers = answers?;
                answers.pop().ok_or_else(|| Error::internal("a question was not answered"))
            }
        }
    }
}

/// The right to have one batch under way. When it ends, those who wait by then are answered by a
/// task of their own.
struct Lane<Q: Send + 'static, A: Send + 'static>(Arc<Parts<Q, A>>);

impl<Q: Send + 'static, A: Send + 'static> Drop for Lane<Q, A> {
    fn drop(&mut self) {
        match (self.0.next(), tokio::runtime::Handle::try_current()) {
            (Some(batch), Ok(runtime)) => drop(runtime.spawn(Arc::clone(&self.0).work(batch))),
            (Some(_), Err(_)) => self.0.queue().running -= 1,
            (None, _) => {}
        }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Parts<Q, A> {
    /// Batch after batch until nobody waits.
    async fn work(self: Arc<Self>, first: Vec<Asked<Q, A>>) {
        let mut next = Some(first);
        while let Some(batch) = next {
            let (questions, tell): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let began = Instant::now();
            // A panic ends the batch, not the lane; it was told by the panic hook.
            let answering = AssertUnwindSafe(async { (self.answer)(questions).await });
            let answers = answering.catch_unwind().await;
            let answers = answers.unwrap_or_else(|_| Err(Error::internal("a batch panicked")));
            if answers.is_err() && began.elapsed() >= HUNG {
                self.give_up();
            }
            // Whoever has gone away meanwhile does not want to know.
            match answers {
                Ok(answers) => tell.into_iter().zip(answers).for_each(|(tell, answer)| {
                    let _ = tell.send(Ok(answer));
                }),
                Err(error) => tell.into_iter().for_each(|tell| {
                    let _ = tell.send(Err(error.again()));
                }),
            }
            next = self.next();
        }
    }

    /// Answers those who wait behind a batch that the database did not answer: they have waited for
    /// long enough.
    fn give_up(&self) {
        for (_, tell) in std::mem::take(&mut self.queue().waiting) {
            let _ =
                tell.send(Err(Error::Unavailable("the database has not answered in time".into())));
        }
    }

    /// The next batch of those who still want to know; frees the lane when there is none.
    fn next(&self) -> Option<Vec<Asked<Q, A>>> {
        let mut queue = self.queue();
        queue.waiting.retain(|(_, tell)| !tell.is_closed());
        if queue.waiting.is_empty() {
            queue.running -= 1;
            return None;
        }
        let most = queue.waiting.len().min(MOST);
        let rest = queue.waiting.split_off(most);
        Some(std::mem::replace(&mut queue.waiting, rest))
    }

    fn queue(&self) -> MutexGuard<'_, Queue<Q, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers in batches that wait for a permit each, and notes how large they were.
    fn doubling(permits: &Arc<Semaphore>) -> (Gather<u32, u32>, Arc<Mutex<Vec<usize>>>) {
        let (permits, sizes) = (Arc::clone(permits), Arc::new(Mutex::new(Vec::new())));
        let noted = Arc::clone(&sizes);
        let gather = Gather::new(1, move |batch: Vec<u32>| {
            noted.lock().expect("the sizes").push(batch.len());
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
        (gather, sizes)
    }

    #[tokio::test]
    async fn those_who_ask_while_a_batch_is_under_way_share_the_next() {
        let permits = Arc::new(Semaphore::new(0));
        let (gather, sizes) = doubling(&permits);
        let asking = join_all((20..40).map(|it| gather.ask(it)));
        let giving = async {
            while sizes.lock().expect("the sizes").is_empty() {
                tokio::task::yield_now().await;
            }
            permits.add_permits(9);
        };
        let (answers, ()) = tokio::join!(asking, giving);
        let answers: Vec<_> = answers.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!(answers, (20..40).map(|it| 2 * it).collect::<Vec<_>>());
        assert_eq!(sizes.lock().expect("the sizes").iter().sum::<usize>(), 20);
        assert!(sizes.lock().expect("the sizes").len() <= 2);
    }

    #[tokio::test]
    async fn a_batch_that_fails_or_panics_is_told_to_each_and_the_next_goes_on() {
        for bad in [13, 666] {
            let permits = Arc::new(Semaphore::new(0));
            let (gather, _) = doubling(&permits);
            let mut first = Box::pin(gather.ask(1));
            assert!(futures_util::poll!(&mut first).is_pending());
            let mut others = Box::pin(join_all([bad, 2].map(|it| gather.ask(it))));
            assert!(futures_util::poll!(&mut others).is_pending());
            permits.add_permits(9);
            let (first, others) = tokio::join!(first, others);
            assert_eq!(first.ok(), Some(2));
            assert!(others.iter().all(Result::is_err), "{others:?}");
            assert_eq!(gather.ask(4).await.ok(), Some(8));
        }
    }

    #[tokio::test]
    async fn those_who_wait_are_answered_although_the_one_who_asked_first_went_away() {
        let permits = Arc::new(Semaphore::new(0));
        let (gather, sizes) = doubling(&permits);
        let first = gather.ask(1);
        let both = async { tokio::join!(gather.ask(4), gather.ask(5)) };
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
    async fn those_who_wait_behind_a_batch_that_hung_wait_no_longer() {
        let gather = Gather::new(1, |_: Vec<u32>| async {
            tokio::time::sleep(HUNG).await;
            Err::<Vec<u32>, _>(Error::Unavailable("no answer".into()))
        });
        let began = Instant::now();
        let answers = join_all((0..3).map(|it| gather.ask(it))).await;
        assert!(answers.iter().all(Result::is_err), "{answers:?}");
        assert_eq!(began.elapsed(), HUNG);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_asked() {
        let permits = Arc::new(Semaphore::new(0));
        let (gather, sizes) = doubling(&permits);
        let first = gather.ask(1);
        let given_up = async {
            tokio::task::yield_now().await;
            drop(gather.ask(2).now_or_never());
            permits.add_permits(9);
        };
        let (answer, ()) = tokio::join!(first, given_up);
        assert_eq!(answer.ok(), Some(2));
        assert_eq!(gather.ask(3).await.ok(), Some(6));
        assert_eq!(sizes.lock().expect("the sizes").iter().sum::<usize>(), 2);
    }
}
