//! Priorities and cancelled jobs of the hash queue.

use std::net::IpAddr;

use tokio::sync::oneshot;

use super::super::job::Computation;
use super::*;
use crate::error::Result;

/// A job, and the caller that waits for it.
fn job() -> (BoxedJob, oneshot::Receiver<Result<()>>) {
    let (reply_to, result) = oneshot::channel();
    (Box::new(Computation::new(reply_to, || Ok(()))), result)
}

/// A regular class and a failing one.
fn classes() -> (QueueClass, QueueClass) {
    let address: IpAddr = "192.0.2.1".parse().expect("an address");
    (QueueClass::Client(address.into()), QueueClass::FailingClient(address.into()))
}

/// The priorities of the next jobs: F for failing, r for regular, - for none.
fn pop(queue: &mut HashQueue, count: usize) -> String {
    let letter = |next: Option<NextJob>| match next {
        Some(NextJob { is_failing: true, .. }) => 'F',
        Some(_) => 'r',
        None => '-',
    };
    (0..count).map(|_| letter(queue.pop())).collect()
}

#[test]
fn one_failing_job_runs_at_a_time_and_after_every_eighth_regular_job() {
    let (regular, failing) = classes();
    let (mut queue, mut callers) = (HashQueue::new(100), Vec::new());
    for _ in 0..3 {
        let (job, caller) = job();
        queue.push(failing.clone(), job);
        callers.push(caller);
    }
    assert_eq!(pop(&mut queue, 2), "F-", "the second waits for the first");
    for _ in 0..20 {
        let (job, caller) = job();
        queue.push(regular.clone(), job);
        callers.push(caller);
    }
    assert_eq!(pop(&mut queue, 10), "rrrrrrrrrr");
    queue.finish_failing();
    assert_eq!(pop(&mut queue, 10), "Frrrrrrrrr");
    queue.finish_failing();
    assert_eq!(pop(&mut queue, 4), "Fr--");
}

#[test]
fn failing_jobs_do_not_displace_regular_jobs() {
    let (regular, failing) = classes();
    let mut queue = HashQueue::new(3);
    let mut push = |class: &QueueClass| {
        let (job, caller) = job();
        queue.push(class.clone(), job);
        caller
    };
    let mut regular: Vec<_> = (0..3).map(|_| push(&regular)).collect();
    let mut failing: Vec<_> = (0..9).map(|_| push(&failing)).collect();
    let waits = |caller: &mut oneshot::Receiver<_>| {
        matches!(caller.try_recv(), Err(oneshot::error::TryRecvError::Empty))
    };
    assert!(regular.iter_mut().all(waits));
    let waiting = failing.iter_mut().map(waits).filter(|it| *it).count();
    assert_eq!(waiting, 3, "a newcomer displaces a job of its own class");
}

#[test]
fn jobs_of_cancelled_callers_do_not_run_and_free_their_places() {
    let (regular, failing) = classes();
    let mut queue = HashQueue::new(2);
    for class in [&regular, &failing] {
        for _ in 0..2 {
            queue.push(class.clone(), job().0);
        }
    }
    assert_eq!(pop(&mut queue, 1), "-");
    let (job, _caller) = job();
    queue.push(regular, job);
    assert_eq!(pop(&mut queue, 2), "r-");
}
