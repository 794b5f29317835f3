//! A bounded queue that is fair between parties, and within each between its classes: each has one
//! turn in a round, and a full queue takes a place from whoever has the most.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::round_robin::Turns;

/// The queue. Every party in `order` has at least one job waiting, and is there once.
pub struct FairQueue<P, K, T> {
    parties: HashMap<P, Turns<K, T>>,
    order: VecDeque<P>,
    len: usize,
    capacity: usize,
    /// A random index below the given length.
    draw: fn(usize) -> usize,
}

impl<P: Clone + Eq + Hash, K: Clone + Eq + Hash, T> FairQueue<P, K, T> {
    /// An empty queue with so many places, at least one.
    pub fn new(capacity: usize, draw: fn(usize) -> usize) -> Self {
        let capacity = capacity.max(1);
        Self { parties: HashMap::new(), order: VecDeque::new(), len: 0, capacity, draw }
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether all places are taken.
    pub fn is_full(&self) -> bool {
        self.len >= self.capacity
    }

    /// Adds a job. When all places are taken, another one is displaced and dropped.
    pub fn push(&mut self, party: P, class: K, job: T) {
        if self.is_full() {
            self.make_place(&party, &class);
        }
        let order = &mut self.order;
        let turns = self.parties.entry(party.clone()).or_insert_with(|| {
            order.push_back(party);
            Turns::default()
        });
        turns.push(class, job);
        self.len += 1;
    }

    /// The oldest job of the class whose turn it is in the party whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        let party = self.order.pop_front()?;
        let turns = self.parties.get_mut(&party)?;
        let job = turns.pop()?;
        self.len -= 1;
        if turns.len() == 0 {
            self.parties.remove(&party);
        } else {
            self.order.push_back(party);
        }
        Some(job)
    }

    /// Drops all other jobs.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.parties.retain(|_, turns| {
            turns.retain(&keep);
            turns.len() > 0
        });
        self.order.retain(|party| self.parties.contains_key(party));
        self.len = self.parties.values().map(Turns::len).sum();
    }

    /// Displaces a job of the party with the most, if that has no fewer than `party` afterwards;
    /// otherwise one of `party` itself; or, where each has one, of a party that is drawn.
    fn make_place(&mut self, party: &P, class: &K) {
        let own = self.parties.get(party).map_or(0, Turns::len);
        let most = self.parties.iter().max_by_key(|(_, turns)| turns.len());
        let from = match most {
            Some((most, turns)) if turns.len() > own + 1 => most.clone(),
            _ if own > 0 => party.clone(),
            _ => self.order[(self.draw)(self.order.len())].clone(),
        };
        let Some(turns) = self.parties.get_mut(&from) else { return };
        turns.displace_for(class, self.draw);
        self.len -= 1;
        // The party that the place is made for keeps its turn, although it has nothing else there.
        if turns.len() == 0 && from != *party {
            self.parties.remove(&from);
            self.order.retain(|party| *party != from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tested = FairQueue<char, char, u32>;

    fn queue(capacity: usize) -> Tested {
        Tested::new(capacity, |_| 0)
    }

    fn drain(queue: &mut Tested) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn parties_take_turns_and_within_each_its_classes() {
        let mut queue = queue(10);
        for (party, class, job) in
            [('p', 'a', 1), ('p', 'a', 2), ('p', 'b', 3), ('q', 'c', 4), ('q', 'c', 5)]
        {
            queue.push(party, class, job);
        }
        assert_eq!(drain(&mut queue), [1, 4, 3, 5, 2]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_full_queue_takes_places_from_the_party_with_the_most_until_shares_are_equal() {
        let mut queue = queue(4);
        for job in 1..=4 {
            queue.push('p', 'a', job);
        }
        queue.push('q', 'c', 5);
        queue.push('q', 'c', 6);
        assert_eq!(queue.len, 4);
        queue.push('q', 'c', 7);
        let left = drain(&mut queue);
        assert_eq!(left, [1, 6, 2, 7], "beyond its share, it displaces its own");
    }

    #[test]
    fn a_full_queue_takes_places_from_the_class_with_the_most_of_the_same_party() {
        let mut queue = queue(3);
        for job in 1..=3 {
            queue.push('p', 'a', job);
        }
        queue.push('p', 'b', 4);
        queue.push('p', 'b', 5);
        assert_eq!(drain(&mut queue), [1, 5, 2], "beyond its share, it displaces its own");
    }

    #[test]
    fn with_one_place_for_each_party_a_newcomer_displaces_one_that_is_drawn() {
        let mut queue = queue(3);
        for (party, job) in [('p', 1), ('q', 2), ('r', 3), ('s', 4)] {
            queue.push(party, 'a', job);
        }
        assert!(queue.is_full());
        assert_eq!(drain(&mut queue), [2, 3, 4]);
    }

    #[test]
    fn who_displaces_its_own_only_job_keeps_its_turn() {
        let mut queue = queue(3);
        for (party, job) in [('p', 1), ('q', 2), ('r', 3), ('p', 4)] {
            queue.push(party, 'a', job);
        }
        assert_eq!(drain(&mut queue), [4, 2, 3]);
        assert!(queue.parties.is_empty());
    }

    #[test]
    fn dropped_jobs_free_their_places_and_turns() {
        let mut queue = queue(4);
        for (party, job) in [('p', 1), ('p', 2), ('q', 3), ('r', 4)] {
            queue.push(party, 'a', job);
        }
        queue.retain(|job| *job == 2 || *job == 4);
        queue.push('q', 'a', 5);
        queue.push('q', 'a', 6);
        assert_eq!(drain(&mut queue), [2, 4, 5, 6]);
    }
}
