//! Bulk operations: their requests and results.

use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use super::error::{ErrorBody, Failure};
use crate::domain::bulk::{ItemResult, Items, MAX_DURATION, Outcome, Report, Request};
use crate::error::{Error, Result};
use crate::http::openapi::enumeration;

/// The outcomes.
const OUTCOMES: [&str; 5] = ["CHANGED", "UNCHANGED", "REJECTED", "UNCONFIRMED", "NOT_REACHED"];

/// Results of a bulk operation.
#[derive(Serialize, ToSchema)]
pub struct BulkReport {
    /// Results, in the order of `ids`, or in order of creation.
    #[schema(max_items = 100)]
    results: Vec<BulkResult>,
    /// True if more resources match the filter and are not in the requested state yet. Always false with
    /// `ids`.
    #[schema(example = false)]
    has_more: bool,
    /// True if it was a dry run: nothing was changed.
    #[schema(example = false)]
    dry_run: bool,
}

/// Result of a bulk operation for one resource.
#[derive(Serialize, ToSchema)]
struct BulkResult {
    /// Id of the resource, as in the request.
    #[schema(example = "sti0xl3pdebmarw96xyp2a9517")]
    id: String,
    #[schema(schema_with = outcome)]
    outcome: &'static str,
    /// Error that the single operation would respond with. Absent unless the outcome is `REJECTED` or
    /// `UNCONFIRMED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<ErrorBody>,
}

fn outcome() -> Object {
    let description = "Outcome for the resource; in a dry run, the outcome that the operation would have. `CHANGED`: it was changed. `UNCHANGED`: it was in the requested state already. `REJECTED`: the change was rejected with an error. `UNCONFIRMED`: a fault of the server left it unknown if it was changed; repeat the operation. `NOT_REACHED`: the operation ended before it, because of its time limit or because the service was unavailable.";
    enumeration(description, OUTCOMES, OUTCOMES[0])
}

impl BulkReport {
    /// The view of a report.
    pub fn of(Report { results, has_more }: Report, dry_run: bool) -> Self {
        let results = results.into_iter().map(BulkResult::from).collect();
        Self { results, has_more, dry_run }
    }
}

impl From<ItemResult> for BulkResult {
    fn from(ItemResult { id, outcome }: ItemResult) -> Self {
        let [changed, unchanged, rejected, unconfirmed, not_reached] = OUTCOMES;
        let (outcome, error) = match outcome {
            Outcome::Changed => (changed, None),
            Outcome::Unchanged => (unchanged, None),
            Outcome::Rejected(error) => (rejected, Some(error)),
            Outcome::Unconfirmed(error) => (unconfirmed, Some(error)),
            Outcome::NotReached => (not_reached, None),
        };
        Self { id, outcome, error: error.map(Failure::of_item) }
    }
}

/// The request for some resources and a dry run of it.
///
/// # Errors
/// `Invalid`: not exactly one of `ids` and `filter`.
pub fn request<F>(
    ids: Option<Vec<String>>,
    filter: Option<F>,
    dry_run: Option<bool>,
) -> Result<Request<F>> {
    let items = match (ids, filter) {
        (Some(ids), None) => Items::Ids(ids),
        (None, Some(filter)) => Items::Matching(filter),
        _ => return Err(Error::invalid("ids", "exactly one of ids and filter is required")),
    };
    let until = Instant::now() + MAX_DURATION;
    Ok(Request { items, dry_run: dry_run.unwrap_or_default(), until })
}
