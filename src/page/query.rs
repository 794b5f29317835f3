//! Keyset queries for pages.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Value};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};

use super::{Page, PageItem, PageRequest};
use crate::error::Result;

/// An item, and whether items exist on the other side of the cursor.
struct PageRow<T> {
    item: T,
    behind: bool,
}

impl<T: FromQueryResult> FromQueryResult for PageRow<T> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let item = T::from_query_result(row, prefix)?;
        Ok(Self { item, behind: row.try_get(prefix, "behind")? })
    }
}

/// Reads a page of `select`, ordered by `(created_at, id)`.
///
/// One statement, and a second one only if a page with a cursor is empty. The position is compared
/// as a row value, which both databases turn into one range of the index, however deep.
///
/// # Errors
/// `Invalid`: the cursor belongs to another list. Database errors.
pub async fn read<E, T>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    (created_at, id): (E::Column, E::Column),
    list: String,
    request: &PageRequest,
) -> Result<Page<T>>
where
    E: EntityTrait,
    T: PageItem + FromQueryResult + Send + Sync,
{
    let key =
        || Expr::tuple([Expr::col((E::default(), created_at)), Expr::col((E::default(), id))]);
    let position = request.position(&list)?;
    let position =
        position.map(|(at, id)| Expr::tuple([Value::from(at).into(), Value::from(id).into()]));
    let order = if request.backward { Order::Desc } else { Order::Asc };

    let beyond =
        position.clone().map(|to| if request.backward { key().lt(to) } else { key().gt(to) });
    let here = position.map(|to| if request.backward { key().gte(to) } else { key().lte(to) });
    let behind = here.map(|here| select.clone().select_only().column(id).filter(here));
    let is_behind = behind.clone().map_or(Expr::value(false), |it| Expr::exists(it.into_query()));
    let page = select
        .column_as(is_behind, "behind")
        .apply_if(beyond, QueryFilter::filter)
        .order_by(created_at, order.clone())
        .order_by(id, order)
        .into_query();
    let mut page = db.get_database_backend().build(&page);
    // A number in the statement, not a parameter: PostgreSQL would plan it anew each time.
    page.sql += &format!(" LIMIT {}", request.limit + 1);
    let mut rows = PageRow::<T>::find_by_statement(page).all(db).await?;
    let more = rows.len() as u64 > request.limit;
    rows.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));

    let behind = match (rows.first(), behind) {
        (Some(row), _) => row.behind,
        (None, Some(behind)) => db.query_one(&behind.limit(1).into_query()).await?.is_some(),
        (None, None) => false,
    };
    if request.backward {
        rows.reverse();
    }
    let items = rows.into_iter().map(|row| row.item).collect();
    let (has_next, has_previous) = if request.backward { (behind, more) } else { (more, behind) };
    Ok(Page { items, has_next, has_previous, list })
}
