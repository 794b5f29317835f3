//! Locks between replicas: a row each, held until the transaction ends.
//!
//! Rows, not advisory locks, which not every engine that speaks PostgreSQL's protocol has. The
//! table is not a migration's: it must be there before the first one.

use sea_orm::sea_query::{ColumnDef, Expr, OnConflict, Query, Table};
use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};

const TABLE: &str = "locks";

/// Makes the table if it is not there.
pub async fn prepare(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let name = ColumnDef::new("name").string_len(63).not_null().primary_key().take();
    let table = Table::create().table(TABLE).if_not_exists().col(name).take();
    match db.execute(&table).await {
        Err(error) if was_just_made(&error) => db.execute(&table).await.map(drop),
        done => done.map(drop),
    }
}

/// PostgreSQL, when another replica makes the table at the same time: `IF NOT EXISTS` looks first
/// and makes later. Which of the catalogs it fails in is a matter of chance: `unique_violation`,
/// `duplicate_object` (the row type of the table) or `duplicate_table`.
fn was_just_made(error: &DbErr) -> bool {
    let DbErr::Exec(RuntimeErr::SqlxError(cause)) = error else { return false };
    let code = cause.as_database_error().and_then(|told| told.code());
    code.is_some_and(|code| ["23505", "42710", "42P07"].contains(&code.as_ref()))
}

/// Waits until no other transaction holds the lock `name`, then holds it until this one ends.
///
/// # Errors
/// What the database answers.
pub async fn hold(transaction: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    let mut row = Query::insert();
    row.into_table(TABLE).columns(["name"]).values_panic([name.into()]);
    row.on_conflict(OnConflict::column("name").do_nothing().to_owned());
    transaction.execute(&row).await?;
    let mut lock = Query::update();
    lock.table(TABLE).value("name", Expr::col("name"));
    lock.and_where(sea_orm::sea_query::ExprTrait::eq(Expr::col("name"), name));
    transaction.execute(&lock).await.map(drop)
}
