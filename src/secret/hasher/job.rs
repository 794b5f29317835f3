//! Jobs of the hash queue: computations with a caller that waits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// A job of any result type.
pub type BoxedJob = Box<dyn Job>;

/// A computation with a caller that waits for its result.
pub trait Job: Send {
    /// Whether the caller was cancelled.
    fn is_cancelled(&self) -> bool;
    /// Computes the result and sends it to the caller.
    fn run(self: Box<Self>);
}

/// A computation and the channel of its result.
pub struct Computation<T, F> {
    reply_to: oneshot::Sender<Result<T>>,
    compute: F,
}

impl<T, F> Computation<T, F> {
    /// A computation whose result goes to `reply_to`.
    pub fn new(reply_to: oneshot::Sender<Result<T>>, compute: F) -> Self {
        Self { reply_to, compute }
    }
}

impl<T: Send, F: FnOnce() -> Result<T> + Send> Job for Computation<T, F> {
    fn is_cancelled(&self) -> bool {
        self.reply_to.is_closed()
    }

    fn run(self: Box<Self>) {
        // The panic hook logs a panic; the caller gets an error, and the worker continues.
        let result = catch_unwind(AssertUnwindSafe(self.compute));
        let result = result.unwrap_or_else(|_| Err(Error::internal("a hash panicked")));
        // The caller may have been cancelled meanwhile.
        let _ = self.reply_to.send(result);
    }
}
