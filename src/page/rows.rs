//! The rows of a list, and the ways to find them.

use sea_orm::sea_query::{SelectStatement, Values};
use sea_orm::{DbBackend, EntityTrait, Select, Statement};

/// The rows of a list.
pub struct Rows<E: EntityTrait> {
    /// Tests each row in the order of the list. PostgreSQL may choose another way.
    pub in_order: Select<E>,
    /// The same rows by an index: for SQLite, which does not know how many rows match.
    pub by_index: Option<Box<ByIndex<E>>>,
}

/// Rows that are found by an index and then sorted, if they are few.
pub struct ByIndex<E: EntityTrait> {
    /// The rows.
    pub select: Select<E>,
    /// The entries of the index, of which only the first `most + 1` are counted.
    pub entries: SelectStatement,
    /// The maximum number of entries that are few.
    pub most: u64,
}

impl<E: EntityTrait> From<Select<E>> for Rows<E> {
    fn from(in_order: Select<E>) -> Self {
        Self { in_order, by_index: None }
    }
}

impl<E: EntityTrait> Rows<E> {
    /// Changes the selects, all in the same way.
    #[must_use]
    pub fn map(mut self, change: impl Fn(Select<E>) -> Select<E>) -> Self {
        self.in_order = change(self.in_order);
        self.by_index = self.by_index.map(|mut it| {
            it.select = change(it.select);
            it
        });
        self
    }

    /// The statement of the first `limit` rows of a page. The limit is a number in the statement, not a
    /// parameter: PostgreSQL would plan it anew each time.
    pub(super) fn statement(
        self,
        backend: DbBackend,
        page: impl Fn(Select<E>) -> SelectStatement,
        limit: u64,
    ) -> Statement {
        let mut statement = backend.build(&page(self.in_order));
        let Some(by_index) = self.by_index else {
            statement.sql += &format!(" LIMIT {limit}");
            return statement;
        };
        let ByIndex { select, mut entries, most } = *by_index;
        let entries = backend.build(entries.limit(most + 1));
        choose([backend.build(&page(select)), statement], &entries, most, limit)
    }
}

/// One of two pages by the number of entries: SQLite does not begin the other one, whose limit is 0.
fn choose(pages: [Statement; 2], entries: &Statement, most: u64, limit: u64) -> Statement {
    let are_few = format!("(SELECT count(*) FROM ({})) <= {most}", entries.sql);
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for (page, [if_few, if_many]) in pages.iter().zip([[limit, 0], [0, limit]]) {
        let limit = format!("CASE WHEN {are_few} THEN {if_few} ELSE {if_many} END");
        parts.push(format!("SELECT * FROM ({} LIMIT {limit})", page.sql));
        for statement in [page, entries] {
            values.extend(statement.values.iter().flat_map(|it| it.0.clone()));
        }
    }
    Statement {
        sql: parts.join(" UNION ALL "),
        values: Some(Values(values)),
        db_backend: entries.db_backend,
    }
}
