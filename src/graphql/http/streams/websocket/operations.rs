//! The operations of a connection.

use std::collections::HashMap;

use tokio::task::AbortHandle;

/// The maximum number of operations at a time.
pub const MAX_OPERATIONS: usize = 20;

/// The operations that are executed, by their ids.
#[derive(Default)]
pub struct Operations {
    running: HashMap<String, Running>,
    last: u64,
}

/// An operation that is executed.
struct Running {
    number: u64,
    /// Aborts it. A mutation is not aborted: it may be committed already.
    abort: Option<AbortHandle>,
}

impl Operations {
    pub fn contains(&self, id: &str) -> bool {
        self.running.contains_key(id)
    }

    pub fn is_full(&self) -> bool {
        self.running.len() >= MAX_OPERATIONS
    }

    /// Whether the end of the connection would lose the result of a mutation.
    pub fn has_mutations(&self) -> bool {
        self.running.values().any(|it| it.abort.is_none())
    }

    /// The number of the next operation. Ids may be used again, numbers are not.
    pub fn next_number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub fn insert(&mut self, id: String, number: u64, abort: Option<AbortHandle>) {
        self.running.insert(id, Running { number, abort });
    }

    /// The id of the operation with this number, unless the client has completed it.
    pub fn id(&self, number: u64) -> Option<&str> {
        let mut running = self.running.iter();
        running.find(|(_, it)| it.number == number).map(|(id, _)| id.as_str())
    }

    /// Ends an operation.
    pub fn remove(&mut self, id: &str) {
        if let Some(Running { abort: Some(abort), .. }) = self.running.remove(id) {
            abort.abort();
        }
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
