//! The part of a list that a caller selects.

use std::fmt::Debug;

use super::Sort;

/// A filter and an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection<F> {
    /// The filter.
    pub filter: F,
    /// The order.
    pub sort: Sort,
}

impl<F: Debug + Default + PartialEq> Selection<F> {
    /// The name of the list `list` with this filter and order: a cursor is valid with the same ones
    /// only.
    #[must_use]
    pub fn list_name(&self, list: String) -> String {
        if self.filter == F::default() && self.sort == Sort::default() {
            return list;
        }
        let Sort { field, descending } = self.sort;
        let direction = if descending { "desc" } else { "asc" };
        format!("{list}?{} {direction} {:?}", field.name(), self.filter)
    }
}
