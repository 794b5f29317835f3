//! The recent events of an organization, which its subscribers share.

use std::collections::VecDeque;

/// The maximum number of events that are read, and returned, at a time.
pub const BATCH_SIZE: usize = 100;

/// The maximum number of events that are kept. A subscriber that is further behind reads its own batches.
const CAPACITY: usize = 2 * BATCH_SIZE;

/// Events that follow each other in the log, each with its position.
pub struct Batch<T> {
    /// The events.
    pub events: Vec<(i64, T)>,
    /// Whether there may be more.
    pub is_behind: bool,
}

impl<T> Batch<T> {
    /// The events of one read.
    pub(super) fn of(events: Vec<(i64, T)>) -> Self {
        Self { is_behind: events.len() >= BATCH_SIZE, events }
    }
}

/// All events of an organization from one position to another one.
pub struct Recent<T> {
    /// The position before the first event; `None` if nobody has read yet.
    start: Option<i64>,
    events: VecDeque<(i64, T)>,
    /// The last position of the whole log that was considered.
    considered: Option<i64>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { start: None, events: VecDeque::new(), considered: None }
    }
}

impl<T: Clone> Recent<T> {
    /// Whether events after `position` are not kept any more.
    pub fn has_dropped(&self, position: i64) -> bool {
        self.start.is_some_and(|start| position < start)
    }

    /// The position of the last event.
    pub fn end(&self) -> i64 {
        self.events.back().map_or(self.start.unwrap_or_default(), |(position, _)| *position)
    }

    /// Begins anew at a position beyond the events, as nobody else has read so far.
    pub fn begin_at(&mut self, position: i64) {
        if self.start.is_none() || position > self.end() {
            *self = Self { start: Some(position), ..Self::default() };
        }
    }

    /// Whether a subscriber at `position` reads the events that follow the last one: only one who has
    /// all others, as the new ones may take the place of those.
    pub fn must_read(&self, position: i64, last: i64) -> bool {
        position >= self.end() && !self.is_complete(last)
    }

    /// Whether it has all events up to the position `last` of the whole log.
    fn is_complete(&self, last: i64) -> bool {
        self.considered.is_some_and(|considered| considered >= last)
    }

    /// Adds the events that follow, read when the last position of the whole log was at least `last`.
    pub fn extend(&mut self, events: Vec<(i64, T)>, last: i64) {
        if events.len() < BATCH_SIZE {
            self.considered = self.considered.max(Some(last));
        }
        self.events.extend(events);
        let excess = self.events.len().saturating_sub(CAPACITY);
        self.start = self.events.drain(..excess).last().map(|(at, _)| at).or(self.start);
    }

    /// The next events after `position`, for a subscriber that knows of the position `last`.
    pub fn after(&self, position: i64, last: i64) -> Batch<T> {
        let first = self.events.partition_point(|(at, _)| *at <= position);
        let events: Vec<_> = self.events.iter().skip(first).take(BATCH_SIZE).cloned().collect();
        let is_rest = first + events.len() >= self.events.len();
        Batch { events, is_behind: !(is_rest && self.is_complete(last)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A log of which the positions up to `last` are known, every third of another organization.
    #[derive(Default)]
    struct Log {
        last: i64,
        recent: Recent<()>,
        reads: usize,
    }

    impl Log {
        fn read(&mut self, position: i64) -> Vec<(i64, ())> {
            self.reads += 1;
            let own = (position + 1..=self.last).filter(|at| at % 3 != 0);
            own.take(BATCH_SIZE).map(|at| (at, ())).collect()
        }

        /// What a subscriber does.
        fn next(&mut self, position: i64) -> Batch<()> {
            if self.recent.has_dropped(position) {
                return Batch::of(self.read(position));
            }
            self.recent.begin_at(position);
            if self.recent.must_read(position, self.last) {
                let events = self.read(self.recent.end());
                self.recent.extend(events, self.last);
            }
            self.recent.after(position, self.last)
        }
    }

    proptest! {
        #[test]
        fn subscribers_at_any_positions_miss_and_repeat_nothing(
            steps in prop::collection::vec((0_usize..4, 0_i64..250), 1..60),
        ) {
            let mut log = Log::default();
            let mut positions = [0, 0, 150, 400];
            for (subscriber, added) in steps {
                log.last += added;
                let Some(position) = positions.get_mut(subscriber) else { continue };
                let batch = log.next(*position);
                let expected = (*position + 1..=log.last).filter(|at| at % 3 != 0);
                let expected: Vec<_> = expected.collect();
                let read: Vec<_> = batch.events.iter().map(|(at, ())| *at).collect();
                prop_assert_eq!(&read[..], &expected[..read.len()]);
                prop_assert!(batch.is_behind || read.len() == expected.len());
                prop_assert!(!batch.is_behind || !read.is_empty() || expected.is_empty());
                *position = read.last().copied().unwrap_or(*position);
                prop_assert!(log.recent.events.len() <= CAPACITY);
            }
        }
    }

    #[test]
    fn subscribers_who_have_read_all_share_one_read_per_change() {
        let mut log = Log::default();
        let mut positions = [0; 50];
        for change in 1..=10 {
            log.last += 20;
            for position in &mut positions {
                let batch = log.next(*position);
                *position = batch.events.last().map_or(*position, |(at, ())| *at);
            }
            assert_eq!(log.reads, change);
        }
    }
}
