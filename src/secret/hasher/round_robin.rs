//! Turns: each class has one in a round, however many jobs it has waiting.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// What waits, by class. Every class in `order` has at least one job waiting, and is there once.
pub struct Turns<K, T> {
    waiting: HashMap<K, VecDeque<T>>,
    order: VecDeque<K>,
    len: usize,
}

impl<K, T> Default for Turns<K, T> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), order: VecDeque::new(), len: 0 }
    }
}

impl<K: Clone + Eq + Hash, T> Turns<K, T> {
    /// How many jobs wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a job.
    pub fn push(&mut self, class: K, job: T) {
        let order = &mut self.order;
        let jobs = self.waiting.entry(class.clone()).or_insert_with(|| {
            order.push_back(class);
            VecDeque::new()
        });
        jobs.push_back(job);
        self.len += 1;
    }

    /// The oldest job of the class whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        let class = self.order.pop_front()?;
        let jobs = self.waiting.get_mut(&class)?;
        let job = jobs.pop_front()?;
        self.len -= 1;
        if jobs.is_empty() {
            self.waiting.remove(&class);
        } else {
            self.order.push_back(class);
        }
        Some(job)
    }

    /// Drops a job: the newest of the class with the most, if that has no fewer than `class` afterwards;
    /// otherwise one of `class` that is drawn; or, where each has one, of a class that is drawn.
    pub fn displace_for(&mut self, class: &K, draw: fn(usize) -> usize) {
        let own = self.waiting.get(class).map_or(0, VecDeque::len);
        let most = self.waiting.iter().max_by_key(|(_, jobs)| jobs.len());
        let (from, at) = match most {
            Some((most, jobs)) if jobs.len() > own + 1 => (most.clone(), jobs.len() - 1),
            _ if own > 0 => (class.clone(), draw(own)),
            _ => (self.order[draw(self.order.len())].clone(), 0),
        };
        let Some(jobs) = self.waiting.get_mut(&from) else { return };
        jobs.remove(at);
        self.len -= 1;
        // The class that the place is made for keeps its turn.
        if jobs.is_empty() && from != *class {
            self.waiting.remove(&from);
            self.order.retain(|it| *it != from);
        }
    }

    /// Drops all other jobs.
    pub fn retain(&mut self, keep: &impl Fn(&T) -> bool) {
        self.waiting.retain(|_, jobs| {
            jobs.retain(keep);
            !jobs.is_empty()
        });
        self.order.retain(|class| self.waiting.contains_key(class));
        self.len = self.waiting.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_take_turns_and_each_is_first_in_first_out() {
        let mut turns = Turns::default();
        for (class, job) in [('a', 1), ('a', 2), ('a', 3), ('b', 4), ('b', 5), ('c', 6)] {
            turns.push(class, job);
        }
        let order: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        assert_eq!(order, [1, 4, 6, 2, 5, 3]);
        assert_eq!(turns.len(), 0);
    }

    #[test]
    fn a_class_that_loses_its_last_job_loses_its_turn() {
        let mut turns = Turns::default();
        turns.push('a', 1);
        turns.displace_for(&'b', |_| 0);
        assert_eq!((turns.len(), turns.pop()), (0, None));
        turns.push('a', 2);
        turns.push('b', 3);
        turns.retain(&|job| *job == 3);
        turns.push('a', 4);
        let order: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        assert_eq!(order, [3, 4]);
    }
}
