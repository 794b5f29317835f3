//! Fairness between flows and classes.

use super::*;

type TestQueue = FairQueue<char, char, u32>;

fn queue(capacity: usize) -> TestQueue {
    TestQueue::new(capacity, |_| 0)
}

fn drain(queue: &mut TestQueue) -> Vec<u32> {
    std::iter::from_fn(|| queue.pop()).collect()
}

#[test]
fn flows_alternate_and_within_each_its_classes() {
    let mut queue = queue(10);
    for (flow, class, job) in
        [('p', 'a', 1), ('p', 'a', 2), ('p', 'b', 3), ('q', 'c', 4), ('q', 'c', 5)]
    {
        queue.push(flow, class, job);
    }
    assert_eq!(drain(&mut queue), [1, 4, 3, 5, 2]);
    assert!(queue.is_empty());
}

#[test]
fn a_full_queue_displaces_jobs_of_the_largest_flow_until_shares_are_equal() {
    let mut queue = queue(4);
    for job in 1..=4 {
        queue.push('p', 'a', job);
    }
    queue.push('q', 'c', 5);
    queue.push('q', 'c', 6);
    assert_eq!(queue.len, 4);
    queue.push('q', 'c', 7);
    let remaining = drain(&mut queue);
    assert_eq!(remaining, [1, 6, 2, 7], "beyond its share, a flow displaces its own jobs");
}

#[test]
fn a_full_queue_displaces_jobs_of_the_largest_class_of_the_same_flow() {
    let mut queue = queue(3);
    for job in 1..=3 {
        queue.push('p', 'a', job);
    }
    queue.push('p', 'b', 4);
    queue.push('p', 'b', 5);
    let remaining = drain(&mut queue);
    assert_eq!(remaining, [1, 5, 2], "beyond its share, a class displaces its own jobs");
}

#[test]
fn a_new_flow_displaces_a_random_job_if_each_flow_has_one() {
    let mut queue = queue(3);
    for (flow, job) in [('p', 1), ('q', 2), ('r', 3), ('s', 4)] {
        queue.push(flow, 'a', job);
    }
    assert!(queue.is_full());
    assert_eq!(drain(&mut queue), [2, 3, 4]);
}

#[test]
fn a_flow_that_displaces_its_only_job_stays_at_its_position_in_the_round() {
    let mut queue = queue(3);
    for (flow, job) in [('p', 1), ('q', 2), ('r', 3), ('p', 4)] {
        queue.push(flow, 'a', job);
    }
    assert_eq!(drain(&mut queue), [4, 2, 3]);
    assert!(queue.flows.is_empty());
}

#[test]
fn dropped_jobs_free_their_places_and_leave_the_round() {
    let mut queue = queue(4);
    for (flow, job) in [('p', 1), ('p', 2), ('q', 3), ('r', 4)] {
        queue.push(flow, 'a', job);
    }
    queue.retain(|job| *job == 2 || *job == 4);
    queue.push('q', 'a', 5);
    queue.push('q', 'a', 6);
    assert_eq!(drain(&mut queue), [2, 4, 5, 6]);
}
