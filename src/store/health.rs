//! Whether the database answers: statements under way end at once when it does not.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::watch;

/// The state of one database, shared by all its pools; it is down at first.
#[derive(Clone, Default)]
pub(super) struct Health(Arc<State>);

#[derive(Default)]
struct State {
    now: watch::Sender<Now>,
    /// Statements that the database has answered so far.
    answers: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Now {
    is_up: bool,
    /// How often it went down: a statement that began before is lost, although it is up again.
    losses: u64,
}

impl Health {
    pub fn is_up(&self) -> bool {
        self.0.now.borrow().is_up
    }

    /// Sets the state; statements under way end with an error when the database goes down.
    pub fn set(&self, is_up: bool) {
        self.0.now.send_modify(|now| {
            now.losses += u64::from(now.is_up && !is_up);
            now.is_up = is_up;
        });
    }

    /// A number that grows whenever a statement is answered.
    pub fn answers(&self) -> u64 {
        self.0.answers.load(Ordering::Relaxed)
    }

    /// Does `work` on the database, unless that is down or goes down meanwhile.
    pub async fn guard<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let mut state = self.0.now.subscribe();
        let began = *state.borrow_and_update();
        if !began.is_up {
            return Err(down());
        }
        tokio::select! {
            biased;
            done = work => {
                if done.is_ok() {
                    self.0.answers.fetch_add(1, Ordering::Relaxed);
                }
                done
            }
            _ = state.wait_for(|now| now.losses != began.losses) => Err(down()),
        }
    }
}

fn down() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()))
}
