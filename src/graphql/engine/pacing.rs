//! Pacing of an operation: it yields to other requests every few milliseconds, and stops early when
//! its response grows too large.
//!
//! Values in memory are resolved without waiting, however many there are, so that neither the time
//! limit nor other requests get to run. The places that resolve objects therefore check the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_graphql::{ContextSelectionSet, Value};

/// Time for which an operation runs before it yields.
const TIME_SLICE: Duration = Duration::from_millis(2);

/// The pace of one operation.
pub struct Pace {
    started: Instant,
    /// Start of the current time slice, in microseconds since `started`.
    slice_started: AtomicU64,
    /// Number of its futures that are yielding.
    yielding: AtomicUsize,
    /// Bytes of names and texts resolved so far.
    bytes: AtomicUsize,
    max_bytes: usize,
    /// Whether values were omitted because `max_bytes` was exceeded.
    is_truncated: AtomicBool,
}

impl Pace {
    /// The pace of an operation that starts now and may resolve `max_bytes` bytes.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            started: Instant::now(),
            slice_started: AtomicU64::default(),
            yielding: AtomicUsize::default(),
            bytes: AtomicUsize::default(),
            max_bytes,
            is_truncated: AtomicBool::default(),
        }
    }

    /// Whether a future of the operation is yielding. A loader waits for it before it sends a batch.
    pub fn is_yielding(&self) -> bool {
        self.yielding.load(Ordering::Relaxed) > 0
    }

    /// The number of bytes resolved, if values were omitted because there were too many.
    pub fn truncated_at(&self) -> Option<usize> {
        let is_truncated = self.is_truncated.load(Ordering::Relaxed);
        is_truncated.then(|| self.bytes.load(Ordering::Relaxed))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn is_due(&self) -> bool {
        let elapsed = self.now().saturating_sub(self.slice_started.load(Ordering::Relaxed));
        Duration::from_micros(elapsed) >= TIME_SLICE
    }

    async fn yield_if_due(&self) {
        if self.is_due() {
            // Its siblings reach this point before it continues: they yield together.
            let _yielding = Yielding::new(&self.yielding);
            tokio::task::yield_now().await;
            if self.is_due() {
                self.slice_started.store(self.now(), Ordering::Relaxed);
            }
        }
    }

    fn truncates(&self) -> bool {
        let truncates = self.bytes.load(Ordering::Relaxed) > self.max_bytes;
        if truncates {
            self.is_truncated.store(true, Ordering::Relaxed);
        }
        truncates
    }
}

/// Counts a yielding future until it is dropped.
struct Yielding<'pace>(&'pace AtomicUsize);

impl<'pace> Yielding<'pace> {
    fn new(count: &'pace AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Yielding<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Resolves an object by `resolve` at the pace of its operation. Once the response is too large,
/// objects are null, and the response is not sent.
pub async fn paced<E>(
    ctx: &ContextSelectionSet<'_>,
    resolve: impl Future<Output = Result<Value, E>>,
) -> Result<Value, E> {
    let Some(pace) = ctx.data_opt::<Arc<Pace>>() else { return resolve.await };
    pace.yield_if_due().await;
    if pace.truncates() {
        return Ok(Value::Null);
    }
    let value = resolve.await?;
    pace.bytes.fetch_add(weight(&value), Ordering::Relaxed);
    Ok(value)
}

/// The bytes of the names and texts of a value, without those of the objects in it, which are counted
/// already.
fn weight(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() + 3 + text(value)).sum()
        }
        Value::List(items) => items.iter().map(text).sum(),
        leaf => text(leaf),
    }
}

fn text(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::List(items) => items.iter().map(text).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_a_value_is_less_than_its_length_as_json() {
        let value = serde_json::json!({
            "id": "abc", "none": null, "number": 7, "list": ["a", "bc"], "object": { "x": "yz" }
        });
        let weight = weight(&Value::from_json(value.clone()).expect("a value"));
        assert_eq!(weight, 2 + 3 + 5 + 4 + 3 + 6 + 3 + 4 + 3 + 7 + 6 + 3);
        assert!(weight < value.to_string().len());
    }

    #[tokio::test]
    async fn an_operation_yields_when_its_time_slice_is_over() {
        let pace = Pace::new(10);
        let started = Instant::now();
        while started.elapsed() < TIME_SLICE {
            std::thread::yield_now();
        }
        assert!(pace.is_due());
        let mut yields = std::pin::pin!(pace.yield_if_due());
        assert!(futures_util::poll!(&mut yields).is_pending(), "other futures run");
        assert!(pace.is_yielding());
        yields.await;
        assert!(!pace.is_yielding());
        assert!(pace.slice_started.load(Ordering::Relaxed) > 0);
    }
}
