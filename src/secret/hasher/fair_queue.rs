//! A bounded queue with fairness between flows, and between the classes of each flow: each has one
//! job in a round, and a full queue displaces a job of the largest.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::round_robin::RoundRobin;

/// The queue. `order` contains each flow with waiting jobs once.
pub struct FairQueue<F, C, J> {
    flows: HashMap<F, RoundRobin<C, J>>,
    order: VecDeque<F>,
    len: usize,
    capacity: usize,
    /// A random index below the given length.
    random_index: fn(usize) -> usize,
}

impl<F: Clone + Eq + Hash, C: Clone + Eq + Hash, J> FairQueue<F, C, J> {
    /// An empty queue for `capacity` jobs, at least one.
    pub fn new(capacity: usize, random_index: fn(usize) -> usize) -> Self {
        let capacity = capacity.max(1);
        Self { flows: HashMap::new(), order: VecDeque::new(), len: 0, capacity, random_index }
    }

    /// Whether no job waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the next push displaces a job.
    pub fn is_full(&self) -> bool {
        self.len >= self.capacity
    }

    /// Adds a job; a full queue displaces and drops another one.
    pub fn push(&mut self, flow: F, class: C, job: J) {
        if self.is_full() {
            self.displace_for(&flow, &class);
        }
        let order = &mut self.order;
        let jobs = self.flows.entry(flow.clone()).or_insert_with(|| {
            order.push_back(flow);
            RoundRobin::default()
        });
        jobs.push(class, job);
        self.len += 1;
    }

    /// The oldest job of the next class of the next flow.
    pub fn pop(&mut self) -> Option<J> {
        let flow = self.order.pop_front()?;
        let jobs = self.flows.get_mut(&flow)?;
        let job = jobs.pop()?;
        self.len -= 1;
        if jobs.len() == 0 {
            self.flows.remove(&flow);
        } else {
            self.order.push_back(flow);
        }
        Some(job)
    }

    /// Drops the jobs for which `predicate` is false.
    pub fn retain(&mut self, predicate: impl Fn(&J) -> bool) {
        self.flows.retain(|_, jobs| {
            jobs.retain(&predicate);
            jobs.len() > 0
        });
        self.order.retain(|flow| self.flows.contains_key(flow));
        self.len = self.flows.values().map(RoundRobin::len).sum();
    }

    /// Displaces a job of the largest flow, if that has no fewer jobs than `flow` afterwards;
    /// otherwise one of `flow` itself; or, if each flow has one job, that of a random flow.
    fn displace_for(&mut self, flow: &F, class: &C) {
        let own = self.flows.get(flow).map_or(0, RoundRobin::len);
        let largest = self.flows.iter().max_by_key(|(_, jobs)| jobs.len());
        let from = match largest {
            Some((largest, jobs)) if jobs.len() > own + 1 => largest.clone(),
            _ if own > 0 => flow.clone(),
            _ => self.order[(self.random_index)(self.order.len())].clone(),
        };
        let Some(jobs) = self.flows.get_mut(&from) else { return };
        jobs.displace_for(class, self.random_index);
        self.len -= 1;
        // An empty `flow` stays in the round at its position: the new job follows.
        if jobs.len() == 0 && from != *flow {
            self.flows.remove(&from);
            self.order.retain(|flow| *flow != from);
        }
    }
}

#[cfg(test)]
mod tests;
