//! Health of the database: statements under way end at once when it goes down.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::watch;

/// The health of one database, shared by all its pools; down at first.
#[derive(Clone, Default)]
pub(super) struct Health(Arc<State>);

#[derive(Default)]
struct State {
    status: watch::Sender<Status>,
    /// The number of statements that succeeded so far.
    successes: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Status {
    is_up: bool,
    /// The number of outages so far: a statement that began before one is lost, even when the
    /// database is up again.
    outages: u64,
}

impl Health {
    pub fn is_up(&self) -> bool {
        self.0.status.borrow().is_up
    }

    /// Sets the status; when the database goes down, statements under way end with an error.
    pub fn set(&self, is_up: bool) {
        self.0.status.send_modify(|status| {
            status.outages += u64::from(status.is_up && !is_up);
            status.is_up = is_up;
        });
    }

    /// The number of statements that succeeded so far.
    pub fn successes(&self) -> u64 {
        self.0.successes.load(Ordering::Relaxed)
    }

    /// Runs `work` on the database.
    ///
    /// # Errors
    /// Those of `work`; the database is down or goes down meanwhile.
    pub async fn guard<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let mut status = self.0.status.subscribe();
        let began = *status.borrow_and_update();
        if !began.is_up {
            return Err(down());
        }
        tokio::select! {
            biased;
            result = work => {
                if result.is_ok() {
                    self.0.successes.fetch_add(1, Ordering::Relaxed);
                }
                result
            }
            _ = status.wait_for(|now| now.outages != began.outages) => Err(down()),
        }
    }
}

fn down() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database does not respond".to_owned()))
}
