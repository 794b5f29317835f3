//! The part of a filter of service accounts that searches for a text in their names, and its indexes.

use entity::service_account;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};

use crate::domain::filters::has_part;
use crate::page::{self, ByIndex, FEW, Way};

/// The number of characters that the indexes search for: those of a trigram.
const TRIGRAM: usize = 3;

/// The numbers of the names of all organizations that contain a text, whatever the case of all letters.
const NUMBERS: &str = "rowid FROM service_account_names WHERE service_account_names MATCH ?";

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

/// How the index of SQLite finds the accounts whose names contain a text.
pub(super) fn by_numbers(text: &str) -> ByIndex<service_account::Entity> {
    let numbers = Query::select().expr(Expr::cust_with_values(NUMBERS, [quoted(text)])).take();
    let ids = Query::select()
        .column("service_account_id")
        .from("service_account_numbers")
        .and_where(Expr::col("number").in_subquery(page::entries()))
        .take();
    let id = Expr::col((service_account::Entity, service_account::Column::Id));
    ByIndex::Found { entries: numbers, most: FEW, kept: true, condition: id.in_subquery(ids) }
}

/// A text as a phrase of a search.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
