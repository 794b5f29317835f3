use super::super::attempt::By;
use super::super::{GROUP_LIMIT, SEVERAL_REASONS};
use super::*;
use crate::network::{Prefix, Subscriber};
use entity::{CredentialId, OrganizationId, ServiceAccountId};

fn attempt(client_id: &str, network: [u8; 2], target: usize) -> Attempt {
    let address = IpAddr::from([10, network[0], network[1], 1]);
    let prefix = Prefix::from(Subscriber::from(address));
    Attempt {
        organization: None,
        by: Some(By::Unverified(Some(client_id.to_owned()), prefix)),
        action: "authentication.fail",
        outcome: "denied",
        reason: "WRONG_SECRET",
        detail: None,
        target: Some(target.to_string()),
        role: None,
    }
}

fn count(windows: &mut Windows, attempt: Attempt, now: DateTime<Utc>) -> Placed {
    windows.count(attempt, now, &Arc::from("request"), None)
}

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

#[test]
fn repetitions_within_a_minute_are_one_more_event() {
    let (mut windows, one) = (Windows::default(), attempt("a", [0, 0], 0));
    assert_eq!(count(&mut windows, one.clone(), start()), Placed::New);
    let first = windows.take(start());
    assert_eq!((first.len(), first[0].count), (1, 1));
    for second in 1..=50 {
        let at = start() + TimeDelta::seconds(second);
        assert_eq!(count(&mut windows, one.clone(), at), Placed::Counted);
        assert!(windows.take(at).is_empty());
    }
    let repeated = windows.take(start() + WINDOW);
    assert_eq!((repeated.len(), repeated[0].count), (1, 50));
    assert_eq!(repeated[0].at, start() + TimeDelta::seconds(50));
    assert!(windows.windows.is_empty() && windows.groups.is_empty());
    assert_eq!(count(&mut windows, one, start() + WINDOW), Placed::New);
}

#[test]
fn a_window_without_repetitions_ends_without_an_event() {
    let mut windows = Windows::default();
    count(&mut windows, attempt("a", [0, 0], 0), start());
    assert_eq!(windows.take(start()).len(), 1);
    assert!(windows.take(start() + WINDOW).is_empty() && windows.windows.is_empty());
}

#[test]
fn attempts_of_a_network_beyond_its_limit_are_one_sum() {
    let mut windows = Windows::default();
    for target in 0..3 * GROUP_LIMIT {
        count(&mut windows, attempt(&format!("client-{target}"), [0, 0], target), start());
    }
    assert_eq!(count(&mut windows, attempt("b", [0, 1], 0), start()), Placed::New);
    let due = windows.take(start());
    assert_eq!(due.len(), GROUP_LIMIT + 2);
    let sums: Vec<_> = due.iter().filter(|it| it.attempt.reason == SEVERAL_REASONS).collect();
    assert_eq!((sums.len(), sums[0].count), (1, 2 * GROUP_LIMIT as i64));
    assert_eq!(sums[0].attempt.target, None);
}

#[test]
fn memory_is_bounded_and_no_attempt_below_the_bound_is_lost() {
    let (mut windows, mut dropped, total) = (Windows::default(), 0, 10 * TOTAL_LIMIT);
    for nth in 0..total {
        let network = [(nth / 250 % 250) as u8, (nth % 250) as u8];
        let placed = count(&mut windows, attempt(&nth.to_string(), network, nth), start());
        dropped += i64::from(placed == Placed::Dropped);
    }
    assert!(windows.windows.len() <= TOTAL_LIMIT + SUMS && windows.groups.len() <= TOTAL_LIMIT);
    let counted: i64 = windows.take(start()).iter().map(|it| it.count).sum();
    assert_eq!((counted, dropped), (total as i64 - dropped, dropped));
    assert_eq!(dropped, 0, "the sum of the organization has room before the sums of networks fill");
}

#[test]
fn one_organization_leaves_room_for_the_attempts_of_others() {
    let (mut windows, account) = (Windows::default(), random::id::<ServiceAccountId>());
    let of = |organization: &OrganizationId, credential: &CredentialId, target: usize| Attempt {
        organization: Some(organization.clone()),
        by: Some(By::ServiceAccount(account.clone(), credential.clone())),
        ..attempt("a", [0, 0], target)
    };
    let organization = random::id();
    let credentials: Vec<_> = (0..2 * TOTAL_LIMIT / GROUP_LIMIT).map(|_| random::id()).collect();
    for (credential, target) in
        credentials.iter().flat_map(|it| (0..GROUP_LIMIT).map(move |n| (it, n)))
    {
        assert_ne!(
            count(&mut windows, of(&organization, credential, target), start()),
            Placed::Dropped
        );
    }
    let other = of(&random::id(), &random::id(), 0);
    assert_eq!(count(&mut windows, other.clone(), start()), Placed::New);
    let due = windows.take(start());
    assert!(due.iter().any(|it| it.attempt == other));
    assert_eq!(due.len(), OF_ORGANIZATION + 2, "its own, one sum of it, and that of the other one");
    assert_eq!(due.iter().map(|it| it.count).sum::<i64>(), 2 * TOTAL_LIMIT as i64 + 1);
    windows.take(start() + WINDOW);
    assert!(windows.windows.is_empty() && windows.groups.is_empty());
}
