//! Statements that some engines with PostgreSQL's protocol, or their settings, do not allow.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::RuntimeErr;

/// The SQLSTATE of statements that an engine does not support.
pub const NOT_SUPPORTED: &str = "0A000";

/// Executes statements; returns whether none failed with one of the SQLSTATE codes `ignored`.
pub async fn execute_if_possible(
    manager: &SchemaManager<'_>,
    statements: &[String],
    ignored: &[&str],
) -> Result<bool, DbErr> {
    let mut done = true;
    for sql in statements {
        match manager.get_connection().execute_unprepared(sql).await {
            Ok(_) => {}
            Err(error) if has_code(&error, ignored) => done = false,
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Executes the statements that create a trigger; returns whether the engine supports all of them.
pub async fn create_triggers(
    manager: &SchemaManager<'_>,
    statements: &[String],
) -> Result<bool, DbErr> {
    execute_if_possible(manager, statements, &[NOT_SUPPORTED]).await
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    let DbErr::Exec(RuntimeErr::SqlxError(cause)) = error else { return false };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| codes.contains(&&*code))
}
