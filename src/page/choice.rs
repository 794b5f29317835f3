//! The choice between the ways to find the rows of a page, in the statement that reads them.

use std::fmt::Write;

use sea_orm::sea_query::{
    Expr, PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriterValues, SqliteQueryBuilder,
};
use sea_orm::{DbBackend, Statement};

/// The number of the next rows of a list that are tested before an index is asked.
const NEAR: u64 = 1_000;

/// If none of so many rows meets the condition, no further ones are tested.
const NEAREST: u64 = 250;

/// The column of [`Found::Near`] that is true in rows that meet the condition.
pub(super) const MEETS: &str = "meets";

/// Rows that are found first; their number decides.
pub(super) enum Found {
    /// The entries of an index.
    Entries {
        entries: SelectStatement,
        /// Whether they are kept once they are counted.
        kept: bool,
    },
    /// Those of the first [`NEAR`] of these rows that meet the condition, if one of the [`NEAREST`] does.
    Near(SelectStatement),
}

/// The first `limit` rows of one of two pages: by an index if fewer than `many` are found, otherwise in
/// the order of the list. The other page is not begun.
pub(super) fn statement(
    backend: DbBackend,
    (found, many): (&Found, u64),
    [by_index, in_order]: [SelectStatement; 2],
    limit: u64,
) -> Statement {
    let mut sql = Sql::new(backend);
    // Few entries of most indexes are sooner found again than kept.
    let kept = if matches!(found, Found::Entries { kept: true, .. }) { "" } else { "NOT " };
    sql.text(&format!("WITH found(entry) AS {kept}MATERIALIZED (")).found(found);
    sql.text(&format!(
        " LIMIT {many}), few(are) AS MATERIALIZED (SELECT count(*) < {many} FROM found)"
    ));
    let [begin, end] = sql.around_pages();
    sql.text(begin).page_if("(SELECT are FROM few)", by_index, limit).text(" UNION ALL ");
    sql.page_if("NOT (SELECT are FROM few)", in_order, limit).text(end);
    sql.statement()
}

/// A statement that is being written. Its limits are numbers, not parameters: PostgreSQL plans for a
/// tenth of all rows if it does not know the limit.
struct Sql {
    backend: DbBackend,
    written: SqlWriterValues,
}

impl Sql {
    fn new(backend: DbBackend) -> Self {
        let (mark, is_numbered) =
            if backend == DbBackend::Sqlite { ("?", false) } else { ("$", true) };
        Self { backend, written: SqlWriterValues::new(mark, is_numbered) }
    }

    #[expect(clippy::expect_used, reason = "it is written to memory")]
    fn text(&mut self, text: &str) -> &mut Self {
        self.written.write_str(text).expect("memory takes any text");
        self
    }

    fn select(&mut self, select: &SelectStatement) -> &mut Self {
        let written = &mut self.written;
        match self.backend {
            DbBackend::Sqlite => SqliteQueryBuilder.prepare_select_statement(select, written),
            _ => PostgresQueryBuilder.prepare_select_statement(select, written),
        }
        self
    }

    fn found(&mut self, found: &Found) -> &mut Self {
        match found {
            Found::Entries { entries, .. } => self.select(entries),
            Found::Near(rows) => {
                self.text("SELECT '' FROM (").select(rows);
                self.text(&format!(" LIMIT {NEAR}) AS near WHERE {MEETS} AND EXISTS ("));
                self.text("SELECT 1 FROM (").select(rows);
                self.text(&format!(" LIMIT {NEAREST}) AS nearest WHERE {MEETS})"))
            }
        }
    }

    /// The text before and after the pages. The driver of SQLite wakes another thread for each row, so all
    /// rows are found before the first one is read.
    fn around_pages(&self) -> [&'static str; 2] {
        match self.backend {
            DbBackend::Sqlite => [", page AS MATERIALIZED (", ") SELECT * FROM page"],
            _ => [" ", ""],
        }
    }

    /// A page that is begun only if a condition is true. SQLite would test the condition for each row,
    /// but does not begin a page whose limit is 0.
    fn page_if(&mut self, condition: &str, mut page: SelectStatement, limit: u64) -> &mut Self {
        if self.backend == DbBackend::Sqlite {
            self.text("SELECT * FROM (").select(&page);
            return self.text(&format!(" LIMIT CASE WHEN {condition} THEN {limit} ELSE 0 END)"));
        }
        page.and_where(Expr::cust(condition.to_owned()));
        self.text("(").select(&page).text(&format!(" LIMIT {limit})"))
    }

    fn statement(self) -> Statement {
        let (sql, values) = self.written.into_parts();
        Statement { sql, values: Some(values), db_backend: self.backend }
    }
}
