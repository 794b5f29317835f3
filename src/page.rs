//! Paging, one for all surfaces: forward and backward by keyset in order of creation.
//!
//! A cursor is a place in a list, not a row: it holds when the row that it was made from is gone.
//! Both flags of a page are exact in both directions.

mod cursor;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Value};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};

pub use cursor::Place;

use crate::error::{Error, Result};

/// The longest page.
pub const MAX_LIMIT: u64 = 100;
/// A page of a caller who asked for no length.
pub const DEFAULT_LIMIT: u64 = 50;

/// What stands in a list at a place: when it was made and its id.
pub trait Listed {
    /// The place.
    fn place(&self) -> Place<'_>;
}

impl<T: Listed> Listed for Arc<T> {
    fn place(&self) -> Place<'_> {
        self.as_ref().place()
    }
}

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    backward: bool,
    limit: u64,
    cursor: Option<String>,
}

impl PageRequest {
    /// `first` after `after`, or `last` before `before`; the first 50 where neither is given.
    ///
    /// # Errors
    /// `Invalid`: both directions at once, or a length that is not 1 to 100.
    pub fn new(
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
    ) -> Result<Self> {
        let backward = last.is_some() || before.is_some();
        if backward && (first.is_some() || after.is_some()) {
            return Err(both_at_once(if last.is_some() { "last" } else { "before" }));
        }
        let (field, limit, cursor) =
            if backward { ("last", last, before) } else { ("first", first, after) };
        Ok(Self { backward, limit: length(field, limit)?, cursor })
    }

    /// So many after `after`, or so many before `before`; the first of the list where neither is
    /// given. 50 where no number is given.
    ///
    /// # Errors
    /// `Invalid`: both directions at once, or a length that is not 1 to 100.
    pub fn of_limit(
        limit: Option<i64>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Self> {
        let backward = before.is_some();
        if backward && after.is_some() {
            return Err(both_at_once("before"));
        }
        Ok(Self { backward, limit: length("limit", limit)?, cursor: after.or(before) })
    }

    /// The place that the page starts from, in the list that is named `list`.
    fn place(&self, list: &str) -> Result<Option<(DateTime<Utc>, String)>> {
        let field = if self.backward { "before" } else { "after" };
        let Some(text) = &self.cursor else { return Ok(None) };
        cursor::decode(list, text)
            .map(Some)
            .ok_or_else(|| Error::invalid(field, "must be a cursor of this list"))
    }
}

fn both_at_once(field: &'static str) -> Error {
    Error::invalid(field, "must not be combined with paging in the other direction")
}

/// The length of a page that was given as `field`.
fn length(field: &'static str, given: Option<i64>) -> Result<u64> {
    let Some(length) = given else { return Ok(DEFAULT_LIMIT) };
    u64::try_from(length)
        .ok()
        .filter(|length| (1..=MAX_LIMIT).contains(length))
        .ok_or_else(|| Error::invalid(field, format!("must be 1 to {MAX_LIMIT}")))
}

/// A page of a list, in order of creation.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Whether there is something after it.
    pub has_next: bool,
    /// Whether there is something before it.
    pub has_previous: bool,
    /// The name of the list: its kind and what it is the list of.
    list: String,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            list: self.list,
        }
    }
}

impl<T: Listed> Page<T> {
    /// The cursor of an item of this page.
    #[must_use]
    pub fn cursor(&self, item: &T) -> String {
        cursor::encode(&self.list, item.place())
    }

    /// Cuts a page out of a whole list that is in memory.
    ///
    /// # Errors
    /// `Invalid`: the cursor is not of this list.
    pub fn cut(list: String, mut all: Vec<T>, request: &PageRequest) -> Result<Self> {
        let place = request.place(&list)?;
        let place = place.as_ref().map(|(at, id)| Place { at: *at, id });
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        all.sort_by(|a, b| a.place().cmp(&b.place()));
        let (start, end) = if request.backward {
            let end = place.map_or(all.len(), |to| all.partition_point(|it| it.place() < to));
            (end.saturating_sub(limit), end)
        } else {
            let start = place.map_or(0, |from| all.partition_point(|it| it.place() <= from));
            (start, all.len().min(start + limit))
        };
        let (has_next, has_previous) = (end < all.len(), start > 0);
        let items = all.drain(start..end).collect();
        Ok(Self { items, has_next, has_previous, list })
    }
}

/// An item, and whether there is something on the other side of the cursor.
struct Beside<T> {
    item: T,
    behind: bool,
}

impl<T: FromQueryResult> FromQueryResult for Beside<T> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let item = T::from_query_result(row, prefix)?;
        Ok(Self { item, behind: row.try_get(prefix, "behind")? })
    }
}

/// Reads a page of `select`, ordered by `(created_at, id)`.
///
/// One statement; one more only where a page with a cursor is empty. The place is compared as a
/// row value, which both databases turn into one range of the index, however deep.
///
/// # Errors
/// `Invalid`: the cursor is not of this list. What the database answers.
pub async fn read<E, T>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    (created_at, id): (E::Column, E::Column),
    list: String,
    request: &PageRequest,
) -> Result<Page<T>>
where
    E: EntityTrait,
    T: Listed + FromQueryResult + Send + Sync,
{
    let key =
        || Expr::tuple([Expr::col((E::default(), created_at)), Expr::col((E::default(), id))]);
    let place = request.place(&list)?;
    let place = place.map(|(at, id)| Expr::tuple([Value::from(at).into(), Value::from(id).into()]));
    let order = if request.backward { Order::Desc } else { Order::Asc };

    let beyond = place.clone().map(|to| if request.backward { key().lt(to) } else { key().gt(to) });
    let here = place.map(|to| if request.backward { key().gte(to) } else { key().lte(to) });
    let behind = here.map(|here| select.clone().select_only().column(id).filter(here));
    let is_behind = behind.clone().map_or(Expr::value(false), |it| Expr::exists(it.into_query()));
    let page = select
        .column_as(is_behind, "behind")
        .apply_if(beyond, QueryFilter::filter)
        .order_by(created_at, order.clone())
        .order_by(id, order)
        .into_query();
    let mut page = db.get_database_backend().build(&page);
    // A number in the statement, not a parameter: PostgreSQL would plan it anew each time.
    page.sql += &format!(" LIMIT {}", request.limit + 1);
    let mut rows = Beside::<T>::find_by_statement(page).all(db).await?;
    let more = rows.len() as u64 > request.limit;
    rows.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));

    let behind = match (rows.first(), behind) {
        (Some(row), _) => row.behind,
        (None, Some(behind)) => db.query_one(&behind.limit(1).into_query()).await?.is_some(),
        (None, None) => false,
    };
    if request.backward {
        rows.reverse();
    }
    let items = rows.into_iter().map(|row| row.item).collect();
    let (has_next, has_previous) = if request.backward { (behind, more) } else { (more, behind) };
    Ok(Page { items, has_next, has_previous, list })
}
