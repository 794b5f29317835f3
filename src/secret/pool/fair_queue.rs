//! A bounded queue that is fair between parties, and within each between its classes: each has one
//! turn in a round, and a full queue takes a place from whoever has the most.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::turns::Turns;

/// The queue. Every party in `order` has at least one job waiting, and is there once.
pub struct FairQueue<P, K, T> {
    parties: HashMap<P, Turns<K, T>>,
    order: VecDeque<P>,
    len: usize,
    capacity: usize,
}

impl<P: Clone + Eq + Hash, K: Clone + Eq + Hash, T> FairQueue<P, K, T> {
    /// An empty queue with so many places.
    pub fn new(capacity: usize) -> Self {
        Self { parties: HashMap::new(), order: VecDeque::new(), len: 0, capacity }
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether all places are taken.
    pub fn is_full(&self) -> bool {
        self.len >= self.capacity
    }

    /// Adds a job; false, if there is no place for it.
    pub fn push(&mut self, party: P, class: K, job: T) -> bool {
        if self.is_full() && !self.displace_for(&party, &class) {
            return false;
        }
        let turns = self.parties.entry(party.clone()).or_default();
        if turns.len() == 0 {
            self.order.push_back(party);
        }
        turns.push(class, job);
        self.len += 1;
        true
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

    /// Drops the newest job of the party with the most, if that has no fewer than `party`
    /// afterwards; or of another class of the same party likewise. False, if there is none.
    fn displace_for(&mut self, party: &P, class: &K) -> bool {
        let own = self.parties.get(party).map_or(0, Turns::len);
        let most = self.parties.values_mut().max_by_key(|turns| turns.len());
        let from = match most {
            Some(most) if most.len() > own + 1 => Some(most),
            _ => self.parties.get_mut(party).filter(|turns| {
                turns.longest().is_some_and(|(_, most)| most > turns.len_of(class) + 1)
            }),
        };
        let Some(turns) = from else { return false };
        turns.displace();
        self.len -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tested = FairQueue<char, char, u32>;

    fn drain(queue: &mut Tested) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn parties_take_turns_and_within_each_its_classes() {
        let mut queue = Tested::new(10);
        for (party, class, job) in
            [('p', 'a', 1), ('p', 'a', 2), ('p', 'b', 3), ('q', 'c', 4), ('q', 'c', 5)]
        {
            assert!(queue.push(party, class, job));
        }
        assert_eq!(drain(&mut queue), [1, 4, 3, 5, 2]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_full_queue_takes_places_from_the_party_with_the_most_until_shares_are_equal() {
        let mut queue = Tested::new(4);
        assert!((1..=4).all(|job| queue.push('p', 'a', job)));
        assert!(!queue.push('p', 'a', 5), "nobody else is there");
        assert!(queue.push('q', 'c', 6) && queue.push('q', 'c', 7));
        assert!(!queue.push('q', 'c', 8), "it has its share");
        assert!(queue.push('r', 'd', 9));
        assert!(!queue.push('r', 'd', 10), "it would only swap");
        let left = drain(&mut queue);
        assert!(left.len() == 4 && [1, 6, 9].iter().all(|it| left.contains(it)), "{left:?}");
    }

    #[test]
    fn a_full_queue_takes_places_from_the_class_with_the_most_of_the_same_party() {
        let mut queue = Tested::new(3);
        assert!((1..=3).all(|job| queue.push('p', 'a', job)));
        assert!(queue.push('p', 'b', 4));
        assert!(!queue.push('p', 'b', 5), "it would only swap");
        assert_eq!(drain(&mut queue), [1, 4, 2]);
    }

    #[test]
    fn with_one_place_for_each_party_newcomers_are_rejected() {
        let mut queue = Tested::new(3);
        assert!(['p', 'q', 'r'].into_iter().all(|party| queue.push(party, 'a', 1)));
        assert!(queue.is_full() && !queue.push('s', 'a', 2));
    }

    #[test]
    fn dropped_jobs_free_their_places_and_turns() {
        let mut queue = Tested::new(4);
        for (party, job) in [('p', 1), ('p', 2), ('q', 3), ('r', 4)] {
            assert!(queue.push(party, 'a', job));
        }
        queue.retain(|job| *job == 2 || *job == 4);
        assert!(queue.push('q', 'a', 5) && queue.push('q', 'a', 6));
        assert_eq!(drain(&mut queue), [2, 4, 5, 6]);
    }
}
