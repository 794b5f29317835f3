//! Changes to several things at once: each in a transaction of its own, with its own audit event, by the
//! rules of the single operation, for a caller who is authenticated again before each. One that fails
//! does not stop the others.

use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;
use std::time::Duration;

use entity::Id;
use tokio::time::Instant;

use crate::authz::Client;
use crate::context::OpContext;
use crate::error::{Error, Result};

/// The maximum number of items of one request.
pub const MAX_ITEMS: usize = 100;
/// The time after which a request begins no further item, unless its surface sets an earlier one.
pub const MAX_DURATION: Duration = Duration::from_secs(15);

/// The items of a bulk operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items<F> {
    /// These ids, in their order; repetitions count once.
    Ids(Vec<String>),
    /// The first [`MAX_ITEMS`] that match a filter and that the operation would change, in order of
    /// creation.
    Matching(F),
}

/// A bulk operation.
#[derive(Debug)]
pub struct Request<F> {
    /// The items.
    pub items: Items<F>,
    /// Whether only to report the results.
    pub dry_run: bool,
    /// The time at which no further item begins.
    pub until: Instant,
}

/// The result of one item. In a dry run, what it would be.
#[derive(Debug)]
pub enum Outcome {
    /// It was changed.
    Changed,
    /// It was in the requested state already.
    Unchanged,
    /// It was rejected and not changed.
    Rejected(Error),
    /// A fault of the server: it is not known whether it was changed.
    Unconfirmed(Error),
    /// It was not begun: the time was over, or the service was not available.
    NotReached,
}

/// An item and its result.
#[derive(Debug)]
pub struct ItemResult {
    /// The id, as in the request.
    pub id: String,
    /// The result.
    pub outcome: Outcome,
}

/// The results of a bulk operation.
#[derive(Debug)]
pub struct Report {
    /// The results, in the order of the items.
    pub results: Vec<ItemResult>,
    /// Whether more match the filter than were selected.
    pub has_more: bool,
}

/// A change to one thing.
pub(super) trait Change: Sync {
    /// The id of the thing.
    type Id: Id + Clone + Eq + Hash + Send + Sync;
    /// The caller, as it is right before an item.
    type Caller: Send + Sync;

    /// Authenticates the caller again, as if `assumed` had been changed.
    fn caller(&self, assumed: &[Self::Id]) -> impl Future<Output = Result<Self::Caller>> + Send;

    /// Counts a rejected item for the audit trail.
    fn reject(&self, id: &str, error: &Error);

    /// Changes it, and returns whether it was not in the requested state before. A dry run decides the
    /// same and changes nothing.
    fn apply(
        &self,
        caller: &Self::Caller,
        id: &Self::Id,
        run: Run<'_, Self::Id>,
    ) -> impl Future<Output = Result<bool>> + Send;
}

/// How a change is carried out.
#[derive(Debug)]
pub(super) enum Run<'a, I> {
    /// It is committed.
    Commit,
    /// It is only decided, as if these things had been changed before.
    Dry {
        /// The things that earlier items of the request would change.
        assumed: &'a [I],
    },
}

impl<I> Run<'_, I> {
    /// Whether nothing is changed.
    pub fn is_dry(&self) -> bool {
        matches!(self, Self::Dry { .. })
    }

    /// The things that are assumed to be changed.
    pub fn assumed(&self) -> &[I] {
        match self {
            Self::Commit => &[],
            Self::Dry { assumed } => assumed,
        }
    }
}

/// The caller, authenticated again, unless earlier items of a dry run would have ended its access.
pub(super) async fn renew(
    op: &OpContext,
    ended: impl FnOnce(&Client) -> bool,
) -> Result<OpContext> {
    let op = op.renew().await?;
    if op.client().is_ok_and(ended) {
        return Err(Error::Unauthenticated);
    }
    Ok(op)
}

/// The ids of a request without repetitions: 1 to [`MAX_ITEMS`].
///
/// # Errors
/// `Invalid`.
pub(super) fn validate_ids(ids: Vec<String>) -> Result<Vec<String>> {
    if !(1..=MAX_ITEMS).contains(&ids.len()) {
        return Err(Error::invalid("ids", format!("must have 1 to {MAX_ITEMS} ids")));
    }
    let mut seen = HashSet::with_capacity(ids.len());
    Ok(ids.into_iter().filter(|id| seen.insert(id.clone())).collect())
}

/// Applies a change to each of `ids` in their order. `noun` is in the error of an id of another kind.
pub(super) async fn run<C: Change>(
    ids: Vec<String>,
    noun: &'static str,
    dry_run: bool,
    until: Instant,
    change: &C,
) -> Vec<ItemResult> {
    let (mut results, mut assumed) = (Vec::with_capacity(ids.len()), Vec::new());
    let mut stopped = false;
    for id in ids {
        let caller = if stopped { None } else { caller(change, &assumed, until).await };
        let Some(caller) = caller else {
            stopped = true;
            results.push(ItemResult { id, outcome: Outcome::NotReached });
            continue;
        };
        let parsed = id.parse::<C::Id>().map_err(|_| Error::NotFound(noun));
        let outcome = match caller.and_then(|caller| Ok((caller, parsed?))) {
            Ok((caller, parsed)) => {
                let run = if dry_run { Run::Dry { assumed: &assumed } } else { Run::Commit };
                let changed = change.apply(&caller, &parsed, run).await;
                if dry_run && matches!(changed, Ok(true)) {
                    assumed.push(parsed);
                }
                outcome(changed)
            }
            Err(error) => Outcome::Rejected(error),
        };
        if let Outcome::Rejected(error) = &outcome
            && !dry_run
        {
            change.reject(&id, error);
        }
        stopped |= matches!(outcome, Outcome::Unconfirmed(Error::Unavailable(_)));
        results.push(ItemResult { id, outcome });
    }
    results
}

/// The caller of the next item; `None` if no further item begins: the time is over, or the caller cannot
/// be authenticated at the moment.
async fn caller<C: Change>(
    change: &C,
    assumed: &[C::Id],
    until: Instant,
) -> Option<Result<C::Caller>> {
    if Instant::now() >= until {
        return None;
    }
    match tokio::time::timeout_at(until, change.caller(assumed)).await.ok()? {
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => {
            error.log();
            None
        }
        caller => Some(caller),
    }
}

fn outcome(changed: Result<bool>) -> Outcome {
    match changed {
        Ok(true) => Outcome::Changed,
        Ok(false) => Outcome::Unchanged,
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => {
            error.log();
            Outcome::Unconfirmed(error)
        }
        Err(error) => Outcome::Rejected(error),
    }
}

#[cfg(test)]
mod tests;
