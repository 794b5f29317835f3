//! The operations of a connection.

use std::collections::HashMap;

use tokio::task::AbortHandle;

use crate::domain::limits::MAX_OPERATIONS;

/// The operations that are executed, by their numbers.
#[derive(Default)]
pub struct Operations {
    running: HashMap<u64, Running>,
    last: u64,
}

/// An operation that is executed.
struct Running {
    /// Its id; `None` once the client has completed it, which may use the id again.
    id: Option<String>,
    /// Aborts it. A mutation is not aborted: it may be committed already.
    abort: Option<AbortHandle>,
}

impl Operations {
    pub fn contains(&self, id: &str) -> bool {
        self.running.values().any(|it| it.id.as_deref() == Some(id))
    }

    /// Mutations count until they end, also those that the client has completed.
    pub fn is_full(&self) -> bool {
        self.running.len() >= MAX_OPERATIONS
    }

    /// Whether the end of the connection would lose the result of a mutation.
    pub fn has_mutations(&self) -> bool {
        self.running.values().any(|it| it.abort.is_none() && it.id.is_some())
    }

    /// The number of the next operation. Ids may be used again, numbers are not.
    pub fn next_number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub fn insert(&mut self, id: String, number: u64, abort: Option<AbortHandle>) {
        self.running.insert(number, Running { id: Some(id), abort });
    }

    /// The id of the operation with this number, unless the client has completed it.
    pub fn id(&self, number: u64) -> Option<&str> {
        self.running.get(&number)?.id.as_deref()
    }

    /// Removes an operation that has ended.
    pub fn remove(&mut self, number: u64) {
        self.running.remove(&number);
    }

    /// Ends the operation that the client has completed; a mutation goes on.
    pub fn complete(&mut self, id: &str) {
        self.running.retain(|_, it| {
            if it.id.as_deref() == Some(id) {
                it.id = None;
                it.abort.as_ref().inspect(|abort| abort.abort()).is_none()
            } else {
                true
            }
        });
    }

    /// Ends all operations but mutations.
    pub fn abort(&mut self) {
        for abort in self.running.values().filter_map(|it| it.abort.as_ref()) {
            abort.abort();
        }
        self.running.retain(|_, it| it.abort.is_none());
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        self.abort();
    }
}
