//! Statements of their own, with parameters.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// Executes a statement; returns the number of affected rows.
///
/// # Errors
/// The database does not respond, or rejects the statement.
pub async fn execute(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.execute_raw(statement).await?.rows_affected())
}
