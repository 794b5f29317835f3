//! Numbers of rows by status.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect, Select,
};

use crate::error::{Error, Result};

/// Counts rows in one statement: all of them as `total`, and those of each status as its name in
/// lower case.
///
/// # Errors
/// The database does not respond.
pub async fn by_status<E, C>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    id: E::Column,
    statuses: impl Iterator<Item = (&'static str, Condition)>,
) -> Result<C>
where
    E: EntityTrait,
    C: FromQueryResult,
{
    let mut rows = rows.select_only().column_as(id.count(), "total");
    for (name, condition) in statuses {
        let one = Expr::case(condition, Expr::value(1));
        rows = rows.column_as(Expr::expr(one).count(), name.to_ascii_lowercase());
    }
    let counts = rows.into_model::<C>().one(db).await?;
    counts.ok_or_else(|| Error::internal("a count without a row"))
}
