//! Work that follows the commit of a transaction, such as the output of its audit events.

use std::cell::RefCell;

/// Work that does not wait and cannot fail.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

tokio::task_local! {
    /// The work of the transaction that this task executes.
    static COLLECTED: RefCell<Vec<Work>>;
}

/// Does `work` once the transaction of this task is committed, or at once outside a transaction.
/// Nothing is done if it is rolled back, or if its commit is uncertain.
pub fn after_commit(work: impl FnOnce() + Send + 'static) {
    let mut work = Some(work);
    // Fails outside a transaction only.
    let _ = COLLECTED.try_with(|collected| {
        collected.borrow_mut().extend(work.take().map(|work| Box::new(work) as Work));
    });
    if let Some(work) = work {
        work();
    }
}

/// Executes the statements of a transaction, and returns the work that follows its commit.
pub(crate) async fn collect<T>(statements: impl Future<Output = T>) -> (T, Vec<Work>) {
    let collected = async {
        let result = statements.await;
        (result, COLLECTED.with(RefCell::take))
    };
    COLLECTED.scope(RefCell::default(), collected).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static DONE: AtomicUsize = AtomicUsize::new(0);

    #[tokio::test]
    async fn work_is_collected_within_a_transaction_and_done_at_once_outside() {
        let add = || {
            DONE.fetch_add(1, Ordering::SeqCst);
        };
        let ((), work) = collect(async { after_commit(add) }).await;
        assert_eq!((DONE.load(Ordering::SeqCst), work.len()), (0, 1));
        work.into_iter().for_each(|work| work());
        assert_eq!(DONE.load(Ordering::SeqCst), 1);
        after_commit(add);
        assert_eq!(DONE.load(Ordering::SeqCst), 2);
    }
}
