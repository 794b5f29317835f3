//! Paging for all surfaces: keyset pagination, forward and backward, in order of creation unless the
//! caller chooses another [`Sort`].
//!
//! A cursor names a position in a list, not a row: it stays valid after its row is deleted. Both
//! flags of a page are exact in both directions.

mod choice;
mod cursor;
mod query;
mod request;
mod rows;
mod selection;
mod sort;

use std::sync::Arc;

pub use cursor::Position;
pub use query::{Keyset, read_sorted};
pub use request::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest};
pub use rows::{ByIndex, FEW, Rows, Way, entries};
pub use selection::Selection;
pub use sort::{
    Key, NAME_KEY_LENGTH, Sort, SortField, expiry_expression, expiry_key, folded, name_expression,
    name_key, never_text,
};

use crate::error::Result;

/// An item of a list, which has a position in it.
pub trait PageItem {
    /// The position: time of creation and id.
    fn position(&self) -> Position<'_>;

    /// The key in a list that is ordered by `field`. Lists that have other orders than that of
    /// creation implement it.
    fn key(&self, _field: SortField) -> Key<'_> {
        Key::Time(self.position().at)
    }
}

impl<T: PageItem> PageItem for Arc<T> {
    fn position(&self) -> Position<'_> {
        self.as_ref().position()
    }

    fn key(&self, field: SortField) -> Key<'_> {
        self.as_ref().key(field)
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// Whether items follow the page.
    pub has_next: bool,
    /// Whether items precede the page.
    pub has_previous: bool,
    /// The name of the list: its kind, its parent, its filter and its order.
    list: String,
    /// The order of the list.
    sort: Sort,
}

impl<T> Page<T> {
    /// Maps the items of the page.
    pub fn map<U>(self, mut to: impl FnMut(T) -> U) -> Page<U> {
        self.filter_map(|item| Some(to(item)))
    }

    /// Maps the items of the page, and leaves out those without a value.
    pub fn filter_map<U>(self, to: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page {
            items: self.items.into_iter().filter_map(to).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            list: self.list,
            sort: self.sort,
        }
    }
}

impl<T: PageItem> Page<T> {
    /// The cursor of an item of this page.
    #[must_use]
    pub fn cursor(&self, item: &T) -> String {
        cursor::encode(&self.list, &item.key(self.sort.field), item.position().id)
    }

    /// The page of a complete list in memory, in order of creation.
    ///
    /// # Errors
    /// `Invalid`: the cursor belongs to another list.
    pub fn slice(list: String, mut all: Vec<T>, request: &PageRequest) -> Result<Self> {
        let sort = Sort::default();
        let position = request.position(&list, sort.field)?;
        let position = position.as_ref().and_then(|(key, id)| match key {
            Key::Time(at) => Some(Position { at: *at, id }),
            Key::Number(_) | Key::Text(_) => None,
        });
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
        Ok(Self { items, has_next, has_previous, list, sort })
    }
}
