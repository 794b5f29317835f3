//! The threads that compute jobs, one after the other.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::jobs::{Job, Jobs, Taken};
use crate::secret::QueueClass;

/// The threads; they end when this is dropped.
pub struct Workers(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    jobs: Jobs,
    closed: bool,
}

impl Workers {
    /// Starts `count` threads, with `places` for jobs before them.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(count: usize, places: usize) -> io::Result<Self> {
        let state = Mutex::new(State { jobs: Jobs::new(places), closed: false });
        let workers = Self(Arc::new(Shared { state, changed: Condvar::new() }));
        for nth in 0..count {
            let shared = Arc::clone(&workers.0);
            let thread = std::thread::Builder::new().name(format!("argon2id-{nth}"));
            thread.spawn(move || shared.work())?;
        }
        Ok(workers)
    }

    /// Adds a job; when there is no place for it, another one is dropped.
    pub fn submit(&self, class: QueueClass, job: Job) {
        self.0.state().jobs.push(class, job);
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
    fn work(&self) {
        while let Some(Taken { job, failing }) = self.next() {
            job.run();
            if failing {
                self.state().jobs.finish();
            }
        }
    }

    /// Waits for the next job; nothing, when the threads are to end.
    fn next(&self) -> Option<Taken> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            if let Some(taken) = state.jobs.take() {
                return Some(taken);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
