//! Paging for all surfaces: keyset pagination in order of creation, forward and backward.
//!
//! A cursor names a position in a list, not a row: it stays valid after its row is deleted. Both
//! flags of a page are exact in both directions.

mod cursor;
mod query;
mod request;

use std::sync::Arc;

pub use cursor::Position;
pub use query::read;
pub use request::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest};

use crate::error::Result;

/// An item of a list, which has a position in it.
pub trait PageItem {
    /// The position: time of creation and id.
    fn position(&self) -> Position<'_>;
}

impl<T: PageItem> PageItem for Arc<T> {
    fn position(&self) -> Position<'_> {
        self.as_ref().position()
    }
}

/// A page of a list in order of creation.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// Whether items follow the page.
    pub has_next: bool,
    /// Whether items precede the page.
    pub has_previous: bool,
    /// The name of the list: its kind and its parent.
    list: String,
}

impl<T> Page<T> {
    /// Maps the items of the page.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            list: self.list,
        }
    }
}

impl<T> Page<T> {
    /// Maps the items of the page, and leaves out those without a value.
    pub fn filter_map<U>(self, to: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page {
            items: self.items.into_iter().filter_map(to).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            list: self.list,
        }
    }
}

impl<T: PageItem> Page<T> {
    /// The cursor of an item of this page.
    #[must_use]
    pub fn cursor(&self, item: &T) -> String {
        cursor::encode(&self.list, item.position())
    }

    /// The page of a complete list in memory.
    ///
    /// # Errors
    /// `Invalid`: the cursor belongs to another list.
    pub fn slice(list: String, mut all: Vec<T>, request: &PageRequest) -> Result<Self> {
        let position = request.position(&list)?;
        let position = position.as_ref().map(|(at, id)| Position { at: *at, id });
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        all.sort_by(|a, b| a.position().cmp(&b.position()));
        let (start, end) = if request.backward {
            let end = position.map_or(all.len(), |to| all.partition_point(|it| it.position() < to));
            (end.saturating_sub(limit), end)
        } else {
            let start = position.map_or(0, |from| all.partition_point(|it| it.position() <= from));
            (start, all.len().min(start + limit))
        };
        let (has_next, has_previous) = (end < all.len(), start > 0);
        let items = all.drain(start..end).collect();
        Ok(Self { items, has_next, has_previous, list })
    }
}
