//! Subqueries of rows that belong to service accounts.

use entity::service_account;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

/// The column `id` of rows, which has ids of accounts.
pub(super) fn ids<E: EntityTrait>(rows: Select<E>, id: E::Column) -> SelectStatement {
    rows.select_only().column(id).into_query()
}

/// Whether one of `rows` belongs to the account of the outer query. It is searched for each account:
/// without the offset, PostgreSQL reads all of `rows` before the first account if it expects few.
pub(super) fn exists_for_account<E: EntityTrait>(
    rows: Select<E>,
    account: E::Column,
) -> SimpleExpr {
    let is_of_account = Expr::col((E::default(), account))
        .equals((service_account::Entity, service_account::Column::Id));
    Expr::exists(ids(rows.filter(is_of_account), account).limit(1).offset(0).take())
}
