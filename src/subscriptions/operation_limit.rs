//! The limit of streamed operations per service account, over all connections of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::ServiceAccountId;

/// Counts the operations that are executed for each service account, and limits them.
#[derive(Clone)]
pub struct OperationLimit(Arc<Shared>);

struct Shared {
    maximum: usize,
    running: Mutex<HashMap<ServiceAccountId, usize>>,
}

/// Permit of an operation, released when it is dropped.
pub struct OperationPermit {
    limit: OperationLimit,
    account: ServiceAccountId,
}

impl OperationLimit {
    pub(super) fn new(maximum: usize) -> Self {
        Self(Arc::new(Shared { maximum, running: Mutex::default() }))
    }

    /// The maximum number of operations of one service account.
    #[must_use]
    pub fn maximum(&self) -> usize {
        self.0.maximum
    }

    /// A permit for an operation of `account`; `None` at the limit.
    #[must_use]
    pub fn acquire(&self, account: &ServiceAccountId) -> Option<OperationPermit> {
        let mut running = self.running();
        let count = running.get(account).copied().unwrap_or_default();
        if count >= self.0.maximum {
            return None;
        }
        running.insert(account.clone(), count + 1);
        Some(OperationPermit { limit: self.clone(), account: account.clone() })
    }

    fn running(&self) -> MutexGuard<'_, HashMap<ServiceAccountId, usize>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OperationPermit {
    fn drop(&mut self) {
        let mut running = self.limit.running();
        if let Some(count) = running.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_limited_per_account_and_release_their_permits() {
        let limit = OperationLimit::new(2);
        let account = |letter: &str| -> ServiceAccountId {
            format!("s{}", letter.repeat(25)).parse().expect("an id")
        };
        let acquire = |letter| limit.acquire(&account(letter));
        let first = acquire("a").expect("a permit");
        let second = acquire("a").expect("a permit");
        assert!(acquire("a").is_none());
        let other = acquire("b").expect("a permit");
        drop(first);
        let third = acquire("a").expect("a permit");
        drop((second, third, other));
        assert!(limit.running().is_empty());
    }
}
