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

    /// How many jobs of a class wait.
    pub fn len_of(&self, class: &K) -> usize {
        self.waiting.get(class).map_or(0, VecDeque::len)
    }

    /// The class with the most jobs, and how many it has.
    pub fn longest(&self) -> Option<(&K, usize)> {
        let each = self.waiting.iter().map(|(class, jobs)| (class, jobs.len()));
        each.max_by_key(|(_, len)| *len)
    }

    /// Adds a job.
    pub fn push(&mut self, class: K, job: T) {
        let jobs = self.waiting.entry(class.clone()).or_default();
        if jobs.is_empty() {
            self.order.push_back(class);
        }
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

    /// Drops the newest job of the class with the most.
    pub fn displace(&mut self) {
        let Some((class, len)) = self.longest().map(|(class, len)| (class.clone(), len)) else {
            return;
        };
        if let Some(jobs) = self.waiting.get_mut(&class) {
            jobs.pop_back();
            self.len -= 1;
        }
        if len == 1 {
            self.waiting.remove(&class);
            self.order.retain(|it| *it != class);
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
        assert_eq!((turns.len(), turns.longest()), (0, None));
    }

    #[test]
    fn a_class_that_loses_its_last_job_loses_its_turn() {
        let mut turns = Turns::default();
        turns.push('a', 1);
        turns.displace();
        assert_eq!((turns.len(), turns.pop()), (0, None));
        turns.push('a', 2);
        turns.push('b', 3);
        turns.retain(&|job| *job == 3);
        turns.push('a', 4);
        let order: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        assert_eq!(order, [3, 4]);
    }
}
