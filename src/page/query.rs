//! Keyset queries for pages.

use sea_orm::sea_query::{Expr, ExprTrait, NullOrdering, Order, SimpleExpr, Value};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select,
};

use super::{Key, Page, PageRequest, Rows, Sort, Way};
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

/// The columns that decide the order of a list; an index has them in this order. Neither is ever null.
#[derive(Clone, Debug)]
pub struct Keyset<C> {
    /// The expression of the field of `sort`.
    pub key: SimpleExpr,
    /// The id, which orders items with the same key.
    pub id: C,
    /// The order.
    pub sort: Sort,
}

/// Reads a page of `rows` in the order of `keyset`. `list` names the list with its filter and order.
///
/// One statement, and a second one only if a page with a cursor is empty. The position is compared
/// as a row value, which both databases turn into one range of the index, however deep.
///
/// # Errors
/// `Invalid`: the cursor belongs to another list, filter or order. Database errors.
pub async fn read_sorted<E, T>(
    db: &impl ConnectionTrait,
    rows: Rows<E>,
    Keyset { key, id, sort }: Keyset<E::Column>,
    list: String,
    request: &PageRequest,
) -> Result<Page<T>>
where
    E: EntityTrait,
    T: FromQueryResult + Send + Sync,
{
    let id_column = || Expr::col((E::default(), id));
    let columns = || Expr::tuple([key.clone(), id_column()]);
    let position = request.position(&list, sort.field)?;
    let position =
        position.map(|(key, id)| Expr::tuple([value(key).into(), Value::from(id).into()]));
    let to_lower = request.backward != sort.descending;
    let (order, opposite) =
        if to_lower { (Order::Desc, Order::Asc) } else { (Order::Asc, Order::Desc) };

    // The same order, but that of no index, so that PostgreSQL does not walk through the list: no key is
    // null.
    let nulls = if to_lower { NullOrdering::Last } else { NullOrdering::First };

    let beyond =
        position.clone().map(|to| if to_lower { columns().lt(to) } else { columns().gt(to) });
    let here = position.map(|to| if to_lower { columns().gte(to) } else { columns().lte(to) });
    // Ordered, so that PostgreSQL goes back in the index by one row: without an order it expects to meet
    // some row soon, and reads the table from any place, through the rows of all organizations.
    let behind = |select: &Select<E>| {
        let behind = select.clone().select_only().column(id).filter(here.clone()?);
        let behind = behind.order_by(key.clone(), opposite.clone());
        Some(behind.order_by(id_column(), opposite.clone()).limit(1).into_query())
    };
    let backend = db.get_database_backend();
    let page = |select: Select<E>, way: Way| {
        let is_behind = behind(&select).map_or(Expr::value(false), Expr::exists);
        let page =
            select.column_as(is_behind, "behind").apply_if(beyond.clone(), QueryFilter::filter);
        let page = match (way, backend) {
            (Way::InOrder, _) => page.order_by(key.clone(), order.clone()),
            (_, DbBackend::Sqlite) => page.order_by(no_index(key.clone()), order.clone()),
            _ => page.order_by_with_nulls(key.clone(), order.clone(), nulls),
        };
        page.order_by(id_column(), order.clone()).into_query()
    };
    let behind_all = behind(&rows.select);
    let page = rows.statement(backend, page, request.limit + 1);
    let mut rows = PageRow::<T>::find_by_statement(page).all(db).await?;
    let more = rows.len() as u64 > request.limit;
    rows.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));

    let behind = match (rows.first(), behind_all) {
        (Some(row), _) => row.behind,
        (None, Some(behind)) => db.query_one(&behind).await?.is_some(),
        (None, None) => false,
    };
    if request.backward {
        rows.reverse();
    }
    let items = rows.into_iter().map(|row| row.item).collect();
    let (has_next, has_previous) = if request.backward { (behind, more) } else { (more, behind) };
    Ok(Page { items, has_next, has_previous, list, sort })
}

/// A key by which SQLite does not walk through the list.
fn no_index(key: SimpleExpr) -> SimpleExpr {
    Expr::cust_with_expr("+?", key)
}

fn value(key: Key<'_>) -> Value {
    match key {
        Key::Time(at) => at.into(),
        Key::Number(number) => number.into(),
        Key::Text(text) => text.into_owned().into(),
    }
}
