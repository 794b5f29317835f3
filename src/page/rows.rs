//! The rows of a list, and the ways to find them.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{DbBackend, EntityTrait, QueryFilter, QuerySelect, Select, Statement};

use super::choice::{self, Found, MEETS};

/// The usual maximum number of rows that are few.
pub const FEW: u64 = 300;

/// A way to find the rows of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Each row is tested in the order of the list.
    InOrder,
    /// An index finds the rows, which are then sorted.
    ByIndex,
}

/// The rows of a list.
pub struct Rows<E: EntityTrait> {
    /// The rows.
    pub select: Select<E>,
    /// How an index finds them if they are few, where the database does not know how many they are.
    pub by_index: Option<ByIndex<E>>,
}

/// How an index finds rows if they are few. The statement that reads a page decides it.
pub enum ByIndex<E: EntityTrait> {
    /// They meet a condition on the entries that are found in an index, if these are at most so many.
    Found {
        /// The entries, of one column.
        entries: SelectStatement,
        /// How many entries are few.
        most: u64,
        /// Whether those that were counted are kept, as they would be slow to find again.
        kept: bool,
        /// The condition. It names them by [`entries`].
        condition: SimpleExpr,
    },
    /// They meet a condition that the index serves, if less than a page of the next 1,000 rows does.
    Condition {
        /// All rows of the list.
        of: Select<E>,
        /// The condition.
        condition: SimpleExpr,
    },
}

impl<E: EntityTrait> ByIndex<E> {
    /// Their ids are among these, if these are at most so many.
    #[must_use]
    pub fn ids(ids: SelectStatement, most: u64) -> Self {
        let condition = Expr::col((E::default(), "id")).in_subquery(entries());
        Self::Found { entries: ids, most, kept: false, condition }
    }
}

/// The entries of [`ByIndex::Found`].
#[must_use]
pub fn entries() -> SelectStatement {
    Query::select().column("entry").from("found").take()
}

impl<E: EntityTrait> From<Select<E>> for Rows<E> {
    fn from(select: Select<E>) -> Self {
        Self { select, by_index: None }
    }
}

impl<E: EntityTrait> Rows<E> {
    /// Changes the columns.
    #[must_use]
    pub fn map(self, change: impl FnOnce(Select<E>) -> Select<E>) -> Self {
        Self { select: change(self.select), ..self }
    }

    /// The statement of the first `limit` rows of a page. The limit is a number in the statement, not a
    /// parameter: PostgreSQL would plan it anew each time.
    pub(super) fn statement(
        self,
        backend: DbBackend,
        page: impl Fn(Select<E>, Way) -> SelectStatement,
        limit: u64,
    ) -> Statement {
        let in_order = page(self.select.clone(), Way::InOrder);
        let (condition, found, many) = match self.by_index {
            None => {
                let mut statement = backend.build(&in_order);
                statement.sql += &format!(" LIMIT {limit}");
                return statement;
            }
            Some(ByIndex::Found { entries, most, kept, condition }) => {
                (condition, Found::Entries { entries, kept }, most + 1)
            }
            Some(ByIndex::Condition { of, condition }) => {
                let tested = of.select_only().expr_as(condition.clone(), MEETS);
                (condition, Found::Near(page(tested, Way::InOrder)), limit)
            }
        };
        let by_index = page(self.select.filter(condition), Way::ByIndex);
        choice::statement(backend, (&found, many), [by_index, in_order], limit)
    }
}
