use std::sync::Mutex;

use entity::CredentialId;

use super::*;
use crate::error::Reason;

/// A change that records what it is applied to, and fails for some.
#[derive(Default)]
struct Recorder(
    Mutex<Vec<(String, Vec<String>)>>,
    Mutex<Vec<String>>,
    /// The next callers, in reverse.
    Mutex<Vec<Result<()>>>,
);

impl Change for Recorder {
    type Id = CredentialId;
    type Caller = ();

    async fn caller(&self, _: &[CredentialId]) -> Result<()> {
        self.2.lock().expect("a lock").pop().unwrap_or(Ok(()))
    }

    fn reject(&self, id: &str, error: &Error) {
        self.1.lock().expect("a lock").push(format!("{id}: {}", error.code()));
    }

    async fn apply(&self, (): &(), id: &CredentialId, run: Run<'_, CredentialId>) -> Result<bool> {
        let assumed = run.assumed().iter().map(ToString::to_string).collect();
        self.0.lock().expect("a lock").push((id.to_string(), assumed));
        match id.as_str().chars().last() {
            Some('c') => Err(Error::conflict(Reason::LastAdmin, "last")),
            Some('i') => Err(Error::internal("broken")),
            Some('u') => Err(Error::Unavailable("away".into())),
            last => Ok(last != Some('n')),
        }
    }
}

fn id(last: char) -> String {
    format!("c{}{last}", "0".repeat(24))
}

async fn run_on(lasts: &str, dry_run: bool, until: Instant) -> (Vec<&'static str>, Recorder) {
    run_by(Vec::new(), lasts, dry_run, until).await
}

async fn run_by(
    callers: Vec<Result<()>>,
    lasts: &str,
    dry_run: bool,
    until: Instant,
) -> (Vec<&'static str>, Recorder) {
    let callers = callers.into_iter().rev().collect();
    let recorder = Recorder(Mutex::default(), Mutex::default(), Mutex::new(callers));
    let ids = validate_ids(lasts.chars().map(id).collect()).expect("ids");
    let results = run(ids, "credential", dry_run, until, &recorder).await;
    let name = |result: &ItemResult| match &result.outcome {
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
        Outcome::Rejected(_) => "rejected",
        Outcome::Unconfirmed(_) => "unconfirmed",
        Outcome::NotReached => "not reached",
    };
    (results.iter().map(name).collect(), recorder)
}

fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test]
async fn an_item_that_is_rejected_or_broken_does_not_stop_the_others() {
    let (outcomes, _) = run_on("acin1", false, later()).await;
    assert_eq!(outcomes, ["changed", "rejected", "unconfirmed", "unchanged", "changed"]);
}

#[tokio::test]
async fn items_after_one_that_found_the_service_unavailable_are_not_begun() {
    let (outcomes, recorder) = run_on("1u23", false, later()).await;
    assert_eq!(outcomes, ["changed", "unconfirmed", "not reached", "not reached"]);
    assert_eq!(recorder.0.lock().expect("a lock").len(), 2);
}

#[tokio::test]
async fn items_of_a_caller_who_has_lost_access_are_rejected() {
    let callers = vec![Ok(()), Err(Error::Unauthenticated), Err(Error::Unauthenticated)];
    let (outcomes, recorder) = run_by(callers, "123", false, later()).await;
    assert_eq!(outcomes, ["changed", "rejected", "rejected"]);
    assert_eq!(recorder.0.lock().expect("a lock").len(), 1);
}

#[tokio::test]
async fn no_item_begins_once_the_caller_cannot_be_authenticated_at_the_moment() {
    let callers = vec![Ok(()), Err(Error::Unavailable("away".into()))];
    let (outcomes, recorder) = run_by(callers, "123", false, later()).await;
    assert_eq!(outcomes, ["changed", "not reached", "not reached"]);
    assert_eq!(recorder.0.lock().expect("a lock").len(), 1);
}

#[tokio::test]
async fn no_item_begins_after_the_time_is_over() {
    let (outcomes, recorder) = run_on("12", false, Instant::now()).await;
    assert_eq!(outcomes, ["not reached", "not reached"]);
    assert!(recorder.0.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn a_dry_run_assumes_what_earlier_items_would_change() {
    let (_, recorder) = run_on("1nc2", true, later()).await;
    let seen = recorder.0.lock().expect("a lock").clone();
    assert_eq!(seen.last(), Some(&(id('2'), vec![id('1')])));
    let (_, recorder) = run_on("12", false, later()).await;
    assert!(recorder.0.lock().expect("a lock").iter().all(|(_, assumed)| assumed.is_empty()));
}

#[test]
fn ids_are_limited_and_repetitions_count_once() {
    assert!(validate_ids(Vec::new()).is_err());
    assert!(validate_ids(vec![String::new(); 101]).is_err());
    let ids = ["b", "a", "b"].map(str::to_owned).to_vec();
    assert_eq!(validate_ids(ids).ok(), Some(vec!["b".to_owned(), "a".to_owned()]));
}
