//! Round robin between classes: each has one job in a round, however many wait.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Waiting jobs by class. `order` contains each class with waiting jobs once.
pub struct RoundRobin<C, J> {
    waiting: HashMap<C, VecDeque<J>>,
    order: VecDeque<C>,
    len: usize,
}

impl<C, J> Default for RoundRobin<C, J> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), order: VecDeque::new(), len: 0 }
    }
}

impl<C: Clone + Eq + Hash, J> RoundRobin<C, J> {
    /// The number of waiting jobs.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a job.
    pub fn push(&mut self, class: C, job: J) {
        let order = &mut self.order;
        let jobs = self.waiting.entry(class.clone()).or_insert_with(|| {
            order.push_back(class);
            VecDeque::new()
        });
        jobs.push_back(job);
        self.len += 1;
    }

    /// The oldest job of the next class.
    pub fn pop(&mut self) -> Option<J> {
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

    /// Drops a job: the newest of the largest class, if that has no fewer than `class` afterwards;
    /// otherwise a random one of `class`; or, if each class has one job, that of a random class.
    pub fn displace_for(&mut self, class: &C, random_index: fn(usize) -> usize) {
        let own = self.waiting.get(class).map_or(0, VecDeque::len);
        let largest = self.waiting.iter().max_by_key(|(_, jobs)| jobs.len());
        let (from, index) = match largest {
            Some((largest, jobs)) if jobs.len() > own + 1 => (largest.clone(), jobs.len() - 1),
            _ if own > 0 => (class.clone(), random_index(own)),
            _ => (self.order[random_index(self.order.len())].clone(), 0),
        };
        let Some(jobs) = self.waiting.get_mut(&from) else { return };
        jobs.remove(index);
        self.len -= 1;
        // An empty `class` stays in the round at its position: the new job follows.
        if jobs.is_empty() && from != *class {
            self.waiting.remove(&from);
            self.order.retain(|it| *it != from);
        }
    }

    /// Drops the jobs for which `predicate` is false.
    pub fn retain(&mut self, predicate: &impl Fn(&J) -> bool) {
        self.waiting.retain(|_, jobs| {
            jobs.retain(predicate);
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
    fn classes_alternate_and_each_is_first_in_first_out() {
        let mut queue = RoundRobin::default();
        for (class, job) in [('a', 1), ('a', 2), ('a', 3), ('b', 4), ('b', 5), ('c', 6)] {
            queue.push(class, job);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [1, 4, 6, 2, 5, 3]);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_class_that_loses_its_last_job_leaves_the_round() {
        let mut queue = RoundRobin::default();
        queue.push('a', 1);
        queue.displace_for(&'b', |_| 0);
        assert_eq!((queue.len(), queue.pop()), (0, None));
        queue.push('a', 2);
        queue.push('b', 3);
        queue.retain(&|job| *job == 3);
        queue.push('a', 4);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [3, 4]);
    }
}
