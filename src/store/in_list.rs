//! Lists as one parameter: one prepared statement for lists of any length.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

/// The condition that `column` equals one of `texts`: `= ANY($1)`, or `IN` of a JSON list in
/// SQLite.
pub fn in_list<C: ColumnTrait>(
    on: &impl ConnectionTrait,
    column: C,
    texts: impl IntoIterator<Item = impl AsRef<str>>,
) -> SimpleExpr {
    let texts = texts.into_iter().map(|text| text.as_ref().to_owned());
    if on.get_database_backend() == DbBackend::Sqlite {
        let list = serde_json::Value::from_iter(texts).to_string();
        let each = Func::cust("json_each").arg(list);
        let listed = Query::select().column("value").from_function(each, "listed").take();
        Expr::col(column.as_column_ref()).in_subquery(listed)
    } else {
        column.into_expr().eq(PgFunc::any(Expr::value(texts.collect::<Vec<_>>())))
    }
}
