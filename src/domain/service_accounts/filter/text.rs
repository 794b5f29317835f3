//! The part of a filter of service accounts that searches for a text in their names, and its indexes.

use entity::service_account;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};

use crate::domain::filters::has_part;
use crate::page::{self, Way};

/// The number of characters that the indexes search for: those of a trigram.
const TRIGRAM: usize = 3;

/// The ids of the accounts whose names contain the rarest of the trigrams, of all organizations. One
/// trigram, as the index of SQLite reads all names with each of them; those with more than 300 names are
/// alike. The cross join keeps the order, so that a limit ends the search.
const CANDIDATES: &str = "service_account_id
FROM service_account_names
CROSS JOIN service_account_numbers ON number = service_account_names.rowid
WHERE service_account_names MATCH (
  SELECT value FROM json_each(?) ORDER BY (
    SELECT count(*) FROM (
      SELECT 1 FROM service_account_names WHERE service_account_names MATCH value LIMIT 301
    )
  ) LIMIT 1
)";

/// Whether an index finds names that contain a text.
pub(super) fn has_index(text: &str) -> bool {
    text.chars().count() >= TRIGRAM
}

/// Whether the name contains a text, whatever the case of the letters A to Z. Only PostgreSQL has an
/// index that decides it.
pub(super) fn contains(backend: DbBackend, text: &str, way: Way) -> SimpleExpr {
    let name = service_account::Column::Name;
    let lower = text.to_ascii_lowercase();
    if backend == DbBackend::Sqlite || way == Way::InOrder || !has_index(text) {
        return has_part(backend, page::folded(backend, name), lower);
    }
    let escaped = lower.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    page::folded(backend, name).like(format!("%{escaped}%"))
}

/// The ids of accounts among which all are whose names contain a text, in SQLite.
pub(super) fn candidates(text: &str) -> SelectStatement {
    let characters: Vec<char> = text.chars().collect();
    let trigrams = characters.windows(TRIGRAM).map(|it| quoted(&it.iter().collect::<String>()));
    let trigrams = serde_json::Value::from_iter(trigrams).to_string();
    Query::select().expr(Expr::cust_with_values(CANDIDATES, [trigrams])).take()
}

/// A text as a term of a search.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
