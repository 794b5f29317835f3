//! The worker threads of the hash queue.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::hash_queue::{HashQueue, NextJob};
use super::job::BoxedJob;
use crate::secret::QueueClass;

/// The threads; they end when this is dropped.
pub struct Workers(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    queue: HashQueue,
    closed: bool,
}

impl Workers {
    /// Starts `count` threads behind a queue of `capacity` jobs.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(count: usize, capacity: usize) -> io::Result<Self> {
        let state = Mutex::new(State { queue: HashQueue::new(capacity), closed: false });
        let workers = Self(Arc::new(Shared { state, changed: Condvar::new() }));
        for nth in 0..count {
            let shared = Arc::clone(&workers.0);
            let thread = std::thread::Builder::new().name(format!("argon2id-{nth}"));
            thread.spawn(move || shared.run())?;
        }
        Ok(workers)
    }

    /// Adds a job; a full queue displaces and drops another one.
    pub fn submit(&self, class: QueueClass, job: BoxedJob) {
        self.0.state().queue.push(class, job);
        self.0.changed.notify_one();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn run(&self) {
        while let Some(NextJob { job, is_failing }) = self.next() {
            job.run();
            if is_failing {
                self.state().queue.finish_failing();
            }
        }
    }

    /// Waits for the next job; `None` once the queue is closed.
    fn next(&self) -> Option<NextJob> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            if let Some(next) = state.queue.pop() {
                return Some(next);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
