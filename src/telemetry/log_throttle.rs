//! Rate limit of log lines for frequent events.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// Counts events of one kind between log lines.
pub struct LogThrottle {
    interval: Duration,
    state: Mutex<State>,
}

/// At most one line a second.
impl Default for LogThrottle {
    fn default() -> Self {
        Self::every(SECOND)
    }
}

struct State {
    logged: Option<Instant>,
    count: u64,
}

impl LogThrottle {
    /// At most one line per interval.
    pub const fn every(interval: Duration) -> Self {
        Self { interval, state: Mutex::new(State { logged: None, count: 0 }) }
    }

    /// Counts one event. Returns the number of events since the last line if the next line is due.
    pub fn count(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        let now = Instant::now();
        if state.logged.is_some_and(|logged| now - logged < self.interval) {
            return None;
        }
        state.logged = Some(now);
        Some(std::mem::take(&mut state.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn frequent_events_are_one_line_a_second_with_their_count() {
        let events = LogThrottle::default();
        let lines: Vec<_> = (0..10).filter_map(|_| events.count()).collect();
        assert_eq!(lines, [1]);
        tokio::time::advance(SECOND).await;
        assert_eq!(events.count(), Some(10));
        assert_eq!(events.count(), None);
    }
}
