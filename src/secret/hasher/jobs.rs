//! What waits to be computed, in two queues of different priority.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::fair_queue::FairQueue;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::{Flow, QueueClass};

/// After so many other jobs, one of a failing class is due although others wait.
const FAILING_EVERY: u32 = 8;

/// Something to compute.
pub type Job = Box<dyn Task>;

/// A computation with a caller that waits for it.
pub trait Task: Send {
    /// Whether the caller has gone away.
    fn is_abandoned(&self) -> bool;
    /// Computes it, and replies.
    fn run(self: Box<Self>);
}

/// A computation, and where its result goes.
pub struct Work<T, F> {
    reply: oneshot::Sender<Result<T>>,
    work: F,
}

impl<T, F> Work<T, F> {
    /// Work whose result is sent as `reply`.
    pub fn new(reply: oneshot::Sender<Result<T>>, work: F) -> Self {
        Self { reply, work }
    }
}

impl<T: Send, F: FnOnce() -> Result<T> + Send> Task for Work<T, F> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(self: Box<Self>) {
        // A panic is reported by the panic hook; the worker goes on, and the caller is answered.
        let result = catch_unwind(AssertUnwindSafe(self.work));
        let result = result.unwrap_or_else(|_| Err(Error::internal("a hash panicked")));
        // A caller that went away meanwhile does not want to know.
        let _ = self.reply.send(result);
    }
}

type Queue = FairQueue<Flow, QueueClass, Job>;

/// All that waits.
pub struct Jobs {
    regular: Queue,
    failing: Queue,
    /// Whether a job of a failing class is being computed.
    failing_runs: bool,
    /// How many other jobs were taken since the last one of a failing class.
    since_failing: u32,
    /// How many jobs came to a full queue since jobs without a caller were dropped.
    since_swept: usize,
    /// After how many of them they are.
    sweep_every: usize,
}

/// A job that a worker has taken.
pub struct Taken {
    /// The job.
    pub job: Job,
    /// Whether it is of a failing class.
    pub failing: bool,
}

impl Jobs {
    /// Nothing, with so many places for each priority.
    pub fn new(places: usize) -> Self {
        let queue = || FairQueue::new(places, random::index);
        Self {
            regular: queue(),
            failing: queue(),
            failing_runs: false,
            since_failing: 0,
            since_swept: 0,
            sweep_every: places / 8,
        }
    }

    /// Adds a job; when there is no place for it, another one is dropped.
    pub fn push(&mut self, class: QueueClass, job: Job) {
        let queue = if class.is_failing() { &mut self.failing } else { &mut self.regular };
        if queue.is_full() {
            // Not with each of a flood: it walks over all that waits.
            self.since_swept += 1;
            if self.since_swept > self.sweep_every {
                self.since_swept = 0;
                queue.retain(|job| !job.is_abandoned());
            }
        }
        queue.push(class.flow(), class, job);
    }

    /// The next job to compute now. [`Self::finish`] must follow one of a failing class.
    pub fn take(&mut self) -> Option<Taken> {
        let due = self.regular.is_empty() || self.since_failing >= FAILING_EVERY;
        if due
            && !self.failing_runs
            && let Some(job) = wanted(&mut self.failing)
        {
            (self.failing_runs, self.since_failing) = (true, 0);
            return Some(Taken { job, failing: true });
        }
        let job = wanted(&mut self.regular)?;
        self.since_failing = self.since_failing.saturating_add(1);
        Some(Taken { job, failing: false })
    }

    /// Lets the next job of a failing class run.
    pub fn finish(&mut self) {
        self.failing_runs = false;
    }
}

/// The next job that somebody still waits for.
fn wanted(queue: &mut Queue) -> Option<Job> {
    std::iter::from_fn(|| queue.pop()).find(|job| !job.is_abandoned())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    /// A job that nobody computes here.
    fn job() -> (Job, oneshot::Receiver<Result<()>>) {
        let (reply, result) = oneshot::channel();
        (Box::new(Work::new(reply, || Ok(()))), result)
    }

    fn classes() -> (QueueClass, QueueClass) {
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        (QueueClass::Client(address.into()), QueueClass::FailingClient(address.into()))
    }

    /// The priorities of the next jobs: F for failing, r for regular, - for none.
    fn taken(jobs: &mut Jobs, count: usize) -> String {
        let letter = |taken: Option<Taken>| match taken {
            Some(Taken { failing: true, .. }) => 'F',
            Some(_) => 'r',
            None => '-',
        };
        (0..count).map(|_| letter(jobs.take())).collect()
    }

    #[test]
    fn one_failing_job_is_computed_at_a_time_and_after_every_eighth_other() {
        let (regular, failing) = classes();
        let (mut jobs, mut callers) = (Jobs::new(100), Vec::new());
        for _ in 0..3 {
            let (job, caller) = job();
            jobs.push(failing.clone(), job);
            callers.push(caller);
        }
        assert_eq!(taken(&mut jobs, 2), "F-", "the second waits for the first");
        for _ in 0..20 {
            let (job, caller) = job();
            jobs.push(regular.clone(), job);
            callers.push(caller);
        }
        assert_eq!(taken(&mut jobs, 10), "rrrrrrrrrr");
        jobs.finish();
        assert_eq!(taken(&mut jobs, 10), "Frrrrrrrrr");
        jobs.finish();
        assert_eq!(taken(&mut jobs, 4), "Fr--");
    }

    #[test]
    fn failing_classes_leave_the_places_of_others_alone() {
        let (regular, failing) = classes();
        let mut jobs = Jobs::new(3);
        let mut push = |class: &QueueClass| {
            let (job, caller) = job();
            jobs.push(class.clone(), job);
            caller
        };
        let mut others: Vec<_> = (0..3).map(|_| push(&regular)).collect();
        let mut failing: Vec<_> = (0..9).map(|_| push(&failing)).collect();
        let waits = |caller: &mut oneshot::Receiver<_>| {
            matches!(caller.try_recv(), Err(oneshot::error::TryRecvError::Empty))
        };
        assert!(others.iter_mut().all(waits));
        let waiting = failing.iter_mut().map(waits).filter(|it| *it).count();
        assert_eq!(waiting, 3, "a newcomer displaces one of its own class");
    }

    #[test]
    fn jobs_whose_caller_has_gone_away_are_not_computed_and_free_their_places() {
        let (regular, failing) = classes();
        let mut jobs = Jobs::new(2);
        for class in [&regular, &failing] {
            for _ in 0..2 {
                jobs.push(class.clone(), job().0);
            }
        }
        assert_eq!(taken(&mut jobs, 1), "-");
        let (job, _caller) = job();
        jobs.push(regular, job);
        assert_eq!(taken(&mut jobs, 2), "r-");
    }
}
