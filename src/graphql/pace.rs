//! The pace of an operation: it steps back for other requests every few milliseconds, and ends early
//! when its answer gets too large.
//!
//! What is at hand is resolved without waiting for anything, however much it is. So the places where
//! objects are resolved look at the time, and let the time limit and others have their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_graphql::{ContextSelectionSet, Value};

/// How long an operation goes on before it steps back.
const TURN: Duration = Duration::from_millis(2);

/// The pace of one operation.
pub struct Pace {
    began: Instant,
    /// When its turn began, in microseconds since `began`.
    turn: AtomicU64,
    /// How many parts of it are stepping back.
    waiting: AtomicUsize,
    /// The bytes of names and texts that were resolved so far.
    bytes: AtomicUsize,
    most_bytes: usize,
    /// Whether something was left out because of that.
    cut: AtomicBool,
}

impl Pace {
    /// The pace of an operation that begins now and resolves so many bytes at most.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            began: Instant::now(),
            turn: AtomicU64::default(),
            waiting: AtomicUsize::default(),
            bytes: AtomicUsize::default(),
            most_bytes,
            cut: AtomicBool::default(),
        }
    }

    /// Whether a part of it is stepping back: who gathers what its siblings need waits for that one,
    /// too.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// How many bytes were resolved, if that were too many: the answer is not whole.
    pub fn cut(&self) -> Option<usize> {
        self.cut.load(Ordering::Relaxed).then(|| self.bytes.load(Ordering::Relaxed))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn is_over(&self) -> bool {
        let taken = self.now().saturating_sub(self.turn.load(Ordering::Relaxed));
        Duration::from_micros(taken) >= TURN
    }

    async fn step(&self) {
        if self.is_over() {
            // Those beside it come here before it goes on: they step back together.
            let _waiting = Waiting::at(&self.waiting);
            tokio::task::yield_now().await;
            if self.is_over() {
                self.turn.store(self.now(), Ordering::Relaxed);
            }
        }
    }

    fn is_too_large(&self) -> bool {
        let is_too_large = self.bytes.load(Ordering::Relaxed) > self.most_bytes;
        if is_too_large {
            self.cut.store(true, Ordering::Relaxed);
        }
        is_too_large
    }
}

/// One more that waits, until it is dropped.
struct Waiting<'pace>(&'pace AtomicUsize);

impl<'pace> Waiting<'pace> {
    fn at(count: &'pace AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Resolves an object by `resolve` at the pace of its operation. Once that has resolved too much, it is
/// null, and the answer is not sent.
pub async fn paced<E>(
    ctx: &ContextSelectionSet<'_>,
    resolve: impl Future<Output = Result<Value, E>>,
) -> Result<Value, E> {
    let Some(pace) = ctx.data_opt::<Arc<Pace>>() else { return resolve.await };
    pace.step().await;
    if pace.is_too_large() {
        return Ok(Value::Null);
    }
    let value = resolve.await?;
    pace.bytes.fetch_add(weight(&value), Ordering::Relaxed);
    Ok(value)
}

/// The bytes of the names and texts of a value, without those of the objects in it, which have been
/// counted.
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
    async fn an_operation_steps_back_when_its_turn_is_over() {
        let pace = Pace::new(10);
        let started = Instant::now();
        while started.elapsed() < TURN {
            std::thread::yield_now();
        }
        assert!(pace.is_over());
        let mut step = std::pin::pin!(pace.step());
        assert!(futures_util::poll!(&mut step).is_pending(), "others have their turn");
        assert!(pace.is_waiting());
        step.await;
        assert!(!pace.is_waiting());
        assert!(pace.turn.load(Ordering::Relaxed) > 0);
    }
}
