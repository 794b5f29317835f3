//! Advisory locks between replicas: one row each, locked until the transaction ends.
//!
//! Rows of a table instead of `pg_advisory_lock`, which not every engine with PostgreSQL's protocol
//! has. No migration creates the table: migrations take a lock themselves.

use sea_orm::sea_query::{ColumnDef, Expr, ExprTrait, OnConflict, Query, Table};
use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};

const TABLE: &str = "locks";

/// Creates the table if it does not exist.
pub(super) async fn create_table(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let name = ColumnDef::new("name").string_len(63).not_null().primary_key().take();
    let table = Table::create().table(TABLE).if_not_exists().col(name).take();
    match db.execute(&table).await {
        Err(error) if was_created_concurrently(&error) => db.execute(&table).await.map(drop),
        result => result.map(drop),
    }
}

/// Whether another replica created the table at the same time: PostgreSQL checks `IF NOT EXISTS`
/// before it creates the table, and then fails in any of three catalogs: `unique_violation`,
/// `duplicate_object` (the row type of the table) or `duplicate_table`.
fn was_created_concurrently(error: &DbErr) -> bool {
    let DbErr::Exec(RuntimeErr::SqlxError(cause)) = error else { return false };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["23505", "42710", "42P07"].contains(&code.as_ref()))
}

/// Takes the lock `name` until the transaction ends; waits while another transaction has it.
///
/// # Errors
/// The database does not respond, or another transaction has the lock for longer than the timeout.
pub async fn advisory_lock(transaction: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    let mut row = Query::insert();
    row.into_table(TABLE).columns(["name"]).values_panic([name.into()]);
    row.on_conflict(OnConflict::column("name").do_nothing().to_owned());
    transaction.execute(&row).await?;
    let mut lock = Query::update();
    lock.table(TABLE).value("name", Expr::col("name"));
    lock.and_where(Expr::col("name").eq(name));
    transaction.execute(&lock).await.map(drop)
}
