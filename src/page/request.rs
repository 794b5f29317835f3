//! Requests for pages.

use super::{Key, SortField, cursor};
use crate::error::{Error, Result};

/// The maximum length of a page.
pub const MAX_LIMIT: u64 = 100;
/// The length of a page if the caller gives none.
pub const DEFAULT_LIMIT: u64 = 50;

/// A request for one page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    pub(super) backward: bool,
    pub(super) limit: u64,
    cursor: Option<String>,
}

impl PageRequest {
    /// The `first` items after `after`, or the `last` items before `before`; by default the first 50.
    ///
    /// # Errors
    /// `Invalid`: both directions in one request, or a length outside 1 to 100.
    pub fn new(
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
    ) -> Result<Self> {
        let backward = last.is_some() || before.is_some();
        if backward && (first.is_some() || after.is_some()) {
            return Err(both_directions(if last.is_some() { "last" } else { "before" }));
        }
        let (field, limit, cursor) =
            if backward { ("last", last, before) } else { ("first", first, after) };
        Ok(Self { backward, limit: length(field, limit)?, cursor })
    }

    /// `limit` items after `after`, or before `before`; by default the first 50.
    ///
    /// # Errors
    /// `Invalid`: both directions in one request, or a length outside 1 to 100.
    pub fn of_limit(
        limit: Option<i64>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Self> {
        let backward = before.is_some();
        if backward && after.is_some() {
            return Err(both_directions("before"));
        }
        Ok(Self { backward, limit: length("limit", limit)?, cursor: after.or(before) })
    }

    /// The position that the page starts from, in the list named `list`, ordered by `sort`.
    pub(super) fn position(
        &self,
        list: &str,
        sort: SortField,
    ) -> Result<Option<(Key<'static>, String)>> {
        let field = if self.backward { "before" } else { "after" };
        let Some(text) = &self.cursor else { return Ok(None) };
        cursor::decode(list, sort, text)
            .map(Some)
            .ok_or_else(|| Error::invalid(field, "must be a cursor of this list"))
    }
}

fn both_directions(field: &'static str) -> Error {
    Error::invalid(field, "must not be combined with paging in the other direction")
}

/// The length of a page, given in `field`.
fn length(field: &'static str, length: Option<i64>) -> Result<u64> {
    let Some(length) = length else { return Ok(DEFAULT_LIMIT) };
    u64::try_from(length)
        .ok()
        .filter(|length| (1..=MAX_LIMIT).contains(length))
        .ok_or_else(|| Error::invalid(field, format!("must be 1 to {MAX_LIMIT}")))
}
