//! Coalescing: requests that arrive while a batch is under way share the next batch.
//!
//! There is no timer: a single request does not wait, and concurrent ones share a statement.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::{Error, Result};

/// The maximum number of requests in a batch.
const MAX_BATCH: usize = 1_000;

/// The maximum number of waiting requests; any further one is rejected at once.
const MAX_WAITING: usize = 16_384;

/// The duration from which a failed batch counts as hung: the database does not respond.
const HUNG_AFTER: Duration = Duration::from_secs(1);

type Handler<Req, Rep> = dyn Fn(Vec<Req>) -> BoxFuture<'static, Result<Vec<Rep>>> + Send + Sync;

/// Batches concurrent requests.
pub struct Coalescer<Req, Rep>(Arc<Shared<Req, Rep>>);

struct Shared<Req, Rep> {
    queue: Mutex<Queue<Req, Rep>>,
    /// The maximum number of batches under way.
    concurrency: usize,
    handler: Box<Handler<Req, Rep>>,
}

struct Queue<Req, Rep> {
    waiting: Vec<Pending<Req, Rep>>,
    /// The number of batches under way.
    running: usize,
}

/// A request and the channel of its reply.
type Pending<Req, Rep> = (Req, oneshot::Sender<Result<Rep>>);

impl<Req: Send + 'static, Rep: Send + 'static> Coalescer<Req, Rep> {
    /// `handler` maps the requests of a batch to replies in the same order; `concurrency` is the
    /// maximum number of batches under way.
    pub fn new<F>(
        concurrency: usize,
        handler: impl Fn(Vec<Req>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Vec<Rep>>> + Send + 'static,
    {
        let queue = Mutex::new(Queue { waiting: Vec::new(), running: 0 });
        let handler = Box::new(move |batch| handler(batch).boxed());
        Self(Arc::new(Shared { queue, concurrency, handler }))
    }

    /// Sends a request; returns the reply of a batch that begins after this call.
    ///
    /// # Errors
    /// Those of the batch, for each of its requests; `Unavailable` when too many requests wait.
    pub async fn request(&self, request: Req) -> Result<Rep> {
        let waiting = {
            let mut queue = self.0.queue();
            if queue.running < self.0.concurrency {
                queue.running += 1;
                Err(request)
            } else if queue.waiting.len() >= MAX_WAITING {
                return Err(Error::Unavailable("too many requests wait for the database".into()));
            } else {
                let (reply_to, reply) = oneshot::channel();
                queue.waiting.push((request, reply_to));
                Ok(reply)
            }
        };
        match waiting {
            Ok(reply) => reply.await.map_err(Error::internal)?,
            Err(request) => self.0.run_alone(request).await,
        }
    }
}

/// A permit for one batch under way. When it is dropped, a new task runs the next batch.
struct Slot<Req: Send + 'static, Rep: Send + 'static>(Arc<Shared<Req, Rep>>);

impl<Req: Send + 'static, Rep: Send + 'static> Drop for Slot<Req, Rep> {
    fn drop(&mut self) {
        match (self.0.next(), tokio::runtime::Handle::try_current()) {
            (Some(batch), Ok(runtime)) => drop(runtime.spawn(Arc::clone(&self.0).run(batch))),
            (Some(_), Err(_)) => self.0.queue().running -= 1,
            (None, _) => {}
        }
    }
}

impl<Req: Send + 'static, Rep: Send + 'static> Shared<Req, Rep> {
    /// Runs a batch of one request on the caller's own task, which wakes no other task. The slot
    /// passes requests that arrive meanwhile to a new task, even if the caller is cancelled.
    async fn run_alone(self: &Arc<Self>, request: Req) -> Result<Rep> {
        let slot = Slot(Arc::clone(self));
        let began = Instant::now();
        let replies = (slot.0.handler)(vec![request]).await;
        if replies.is_err() && began.elapsed() >= HUNG_AFTER {
            self.reject_waiting();
        }
        replies?.pop().ok_or_else(|| Error::internal("a request of a batch has no reply"))
    }

    /// Runs batches until no request waits.
    async fn run(self: Arc<Self>, first: Vec<Pending<Req, Rep>>) {
        let mut next = Some(first);
        while let Some(batch) = next {
            let (requests, reply_to): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let began = Instant::now();
            // A panic ends the batch and leaves the slot usable; the panic hook has logged it.
            let handling = AssertUnwindSafe(async { (self.handler)(requests).await });
            let replies = handling.catch_unwind().await;
            let replies = replies.unwrap_or_else(|_| Err(Error::internal("a batch panicked")));
            if replies.is_err() && began.elapsed() >= HUNG_AFTER {
                self.reject_waiting();
            }
            // A closed receiver needs no reply.
            match replies {
                Ok(replies) => reply_to.into_iter().zip(replies).for_each(|(reply_to, reply)| {
                    let _ = reply_to.send(Ok(reply));
                }),
                Err(error) => reply_to.into_iter().for_each(|reply_to| {
                    let _ = reply_to.send(Err(error.again()));
                }),
            }
            next = self.next();
        }
    }

    /// Rejects the requests behind a hung batch: the next batch would hang as well.
    fn reject_waiting(&self) {
        for (_, reply_to) in std::mem::take(&mut self.queue().waiting) {
            let hung = Error::Unavailable("the database did not respond in time".into());
            let _ = reply_to.send(Err(hung));
        }
    }

    /// The next batch, without requests of cancelled callers; frees the slot when there is none.
    fn next(&self) -> Option<Vec<Pending<Req, Rep>>> {
        let mut queue = self.queue();
        queue.waiting.retain(|(_, reply_to)| !reply_to.is_closed());
        if queue.waiting.is_empty() {
            queue.running -= 1;
            return None;
        }
        let size = queue.waiting.len().min(MAX_BATCH);
        let rest = queue.waiting.split_off(size);
        Some(std::mem::replace(&mut queue.waiting, rest))
    }

    fn queue(&self) -> MutexGuard<'_, Queue<Req, Rep>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
