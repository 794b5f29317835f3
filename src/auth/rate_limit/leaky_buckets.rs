//! LeakyBuckets that rise with each event and fall at a constant rate: a leaky bucket for each key
//! (GCRA), in bounded memory and at constant cost.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

/// The time in which a level at its limit falls to zero.
const PERIOD: Duration = Duration::from_secs(60);

/// Leaky buckets of many keys.
pub struct LeakyBuckets {
    /// By a keyed hash of the key, which needs little memory and resists chosen collisions.
    /// Each level is stored as the time at which it has fallen to zero, in nanoseconds since `began`.
    empty_at: Cache<u64, Arc<AtomicU64>>,
    hasher: RandomState,
    began: Instant,
    /// By how much one event delays that time.
    interval: u64,
}

impl LeakyBuckets {
    /// Buckets with a limit of so many events a minute. Of more than `capacity` keys, the least
    /// recently used are evicted.
    pub fn new(limit: u32, capacity: u64) -> Self {
        let empty_at = Cache::builder()
            .max_capacity(capacity)
            .eviction_policy(EvictionPolicy::lru())
            // By then, the highest level has fallen to zero.
            .time_to_idle(2 * PERIOD);
        Self {
            empty_at: empty_at.build(),
            hasher: RandomState::new(),
            began: Instant::now(),
            interval: nanoseconds(PERIOD) / u64::from(limit.max(1)),
        }
    }

    /// Raises the level of a key by one event, but not beyond twice the limit.
    ///
    /// # Errors
    /// It is over the limit: how long until an event would not be.
    pub fn record(&self, key: &impl Hash) -> Result<(), Duration> {
        self.record_at(key, self.began.elapsed())
    }

    /// Whether the level of a key is over the limit.
    pub fn is_over(&self, key: &impl Hash) -> bool {
        self.is_over_at(key, self.began.elapsed())
    }

    fn record_at(&self, key: &impl Hash, now: Duration) -> Result<(), Duration> {
        let (now, period) = (nanoseconds(now), nanoseconds(PERIOD));
        let raised = |at: u64| (at.max(now) + self.interval).min(now + 2 * period);
        let level = self.empty_at.entry(self.hasher.hash_one(key)).or_default().into_value();
        let before =
            level.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| Some(raised(at)));
        let at = raised(before.unwrap_or_default());
        if at <= now + period {
            return Ok(());
        }
        Err(Duration::from_nanos(at + self.interval - now - period))
    }

    fn is_over_at(&self, key: &impl Hash, now: Duration) -> bool {
        let level = self.empty_at.get(&self.hasher.hash_one(key));
        level.is_some_and(|at| at.load(Ordering::Relaxed) > nanoseconds(now + PERIOD))
    }
}

/// In 64 bits: enough for 584 years.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_level_rises_with_events_and_falls_with_time() {
        let levels = LeakyBuckets::new(3, 10);
        assert!((0..3).all(|_| levels.record_at(&"a", at(0)).is_ok()));
        assert!(!levels.is_over_at(&"a", at(0)));
        assert_eq!(levels.record_at(&"a", at(0)), Err(at(40)));
        assert!(levels.is_over_at(&"a", at(19)) && !levels.is_over_at(&"a", at(20)));
        assert!(levels.record_at(&"a", at(39)).is_err());
        assert!(levels.record_at(&"b", at(0)).is_ok());
    }

    #[test]
    fn a_key_with_further_events_stays_over_the_limit_and_recovers_within_a_minute() {
        let levels = LeakyBuckets::new(3, 10);
        for second in 0..100 {
            // Single results do not matter.
            let _ = levels.record_at(&"a", at(second));
        }
        assert!(levels.is_over_at(&"a", at(100)));
        assert!(!levels.is_over_at(&"a", at(159)));
        assert!(levels.record_at(&"a", at(219)).is_ok());
    }

    #[test]
    fn beyond_the_capacity_the_least_recently_used_are_evicted() {
        let levels = LeakyBuckets::new(1, 100);
        for key in 0..1_000 {
            assert!(levels.record_at(&key, at(0)).is_ok());
            assert!(levels.record_at(&key, at(0)).is_err());
            levels.empty_at.run_pending_tasks();
        }
        assert!(levels.empty_at.entry_count() <= 100);
        assert!(levels.is_over_at(&999, at(0)) && !levels.is_over_at(&0, at(0)));
    }
}
