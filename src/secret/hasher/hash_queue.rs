//! The hash queue: two fair queues of different priority.

use super::fair_queue::FairQueue;
use super::job::BoxedJob;
use crate::random;
use crate::secret::{Flow, QueueClass};

/// The number of regular jobs after which a failing job runs although regular jobs wait.
const REGULAR_PER_FAILING: u32 = 8;

type Queue = FairQueue<Flow, QueueClass, BoxedJob>;

/// The waiting jobs.
pub struct HashQueue {
    regular: Queue,
    failing: Queue,
    /// Whether a job of a failing class runs.
    failing_runs: bool,
    /// The number of regular jobs since the last failing job.
    regular_since_failing: u32,
    /// The number of jobs pushed to a full queue since the last sweep.
    pushed_since_sweep: usize,
    /// The number of such jobs after which cancelled jobs are removed.
    sweep_interval: usize,
}

/// A job that a worker runs.
pub struct NextJob {
    /// The job.
    pub job: BoxedJob,
    /// Whether it is of a failing class.
    pub is_failing: bool,
}

impl HashQueue {
    /// An empty queue with `capacity` jobs of each priority.
    pub fn new(capacity: usize) -> Self {
        let queue = || FairQueue::new(capacity, random::index);
        Self {
            regular: queue(),
            failing: queue(),
            failing_runs: false,
            regular_since_failing: 0,
            pushed_since_sweep: 0,
            sweep_interval: capacity / 8,
        }
    }

    /// Adds a job; a full queue displaces another one.
    pub fn push(&mut self, class: QueueClass, job: BoxedJob) {
        let queue = if class.is_failing() { &mut self.failing } else { &mut self.regular };
        if queue.is_full() {
            // A sweep visits every job: one for each job of a flood would cost too much.
            self.pushed_since_sweep += 1;
            if self.pushed_since_sweep > self.sweep_interval {
                self.pushed_since_sweep = 0;
                queue.retain(|job| !job.is_cancelled());
            }
        }
        queue.push(class.flow(), class, job);
    }

    /// The next job to run. [`Self::finish_failing`] must follow a failing one.
    pub fn pop(&mut self) -> Option<NextJob> {
        let failing_is_due =
            self.regular.is_empty() || self.regular_since_failing >= REGULAR_PER_FAILING;
        if failing_is_due
            && !self.failing_runs
            && let Some(job) = pop_active(&mut self.failing)
        {
            (self.failing_runs, self.regular_since_failing) = (true, 0);
            return Some(NextJob { job, is_failing: true });
        }
        let job = pop_active(&mut self.regular)?;
        self.regular_since_failing = self.regular_since_failing.saturating_add(1);
        Some(NextJob { job, is_failing: false })
    }

    /// Admits the next failing job.
    pub fn finish_failing(&mut self) {
        self.failing_runs = false;
    }
}

/// The next job whose caller still waits.
fn pop_active(queue: &mut Queue) -> Option<BoxedJob> {
    std::iter::from_fn(|| queue.pop()).find(|job| !job.is_cancelled())
}

#[cfg(test)]
mod tests;
