//! The pace of an operation: it steps back for other requests every few milliseconds, and ends early
//! when its answer gets too large.
//!
//! What is at hand is resolved without waiting for anything, however much it is. So the places where
//! objects are resolved look at the time, and let the time limit and others have their turn.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_graphql::{ContextSelectionSet, Value};

/// How long an operation goes on before it steps back.
const TURN: Duration = Duration::from_millis(2);

/// The pace of one operation.
pub struct Pace {
    began: Instant,
    /// When its turn began, in microseconds since `began`.
    turn: AtomicU64,
    /// The bytes of names and texts in its answer so far.
    bytes: AtomicUsize,
    most_bytes: usize,
}

impl Pace {
    /// The pace of an operation that begins now and whose answer may have so many bytes.
    pub fn new(most_bytes: usize) -> Self {
        let (turn, bytes) = Default::default();
        Self { began: Instant::now(), turn, bytes, most_bytes }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn is_over(&self) -> bool {
        Duration::from_micros(self.now() - self.turn.load(Ordering::Relaxed).min(self.now()))
            >= TURN
    }

    async fn step(&self) {
        if self.is_over() {
            // Those beside it come here before it goes on: they step back together.
            tokio::task::yield_now().await;
            if self.is_over() {
                self.turn.store(self.now(), Ordering::Relaxed);
            }
        }
    }

    fn is_too_large(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.most_bytes
    }
}

/// Resolves an object by `resolve` at the pace of its operation. In an answer that is too large, which
/// is not sent, it is null.
pub async fn paced<E>(
    ctx: &ContextSelectionSet<'_>,
    resolve: impl Future<Output = Result<Value, E>>,
) -> Result<Value, E> {
    let Some(pace) = ctx.data_opt::<Pace>() else { return resolve.await };
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
        step.await;
        assert!(pace.turn.load(Ordering::Relaxed) > 0);
    }
}
