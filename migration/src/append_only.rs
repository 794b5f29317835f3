//! Triggers that make a table append-only.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, RuntimeErr};

/// The SQLSTATE of statements that an engine does not support.
const NOT_SUPPORTED: &str = "0A000";

/// Rejects each update of `table`, and the deletion of rows for which `deletable` is false: a
/// condition on the row `OLD`. Also rejects `TRUNCATE` in PostgreSQL.
///
/// An engine with PostgreSQL's protocol that does not support triggers gets none: there, only the
/// hash chain detects such changes.
pub async fn create_triggers(
    manager: &SchemaManager<'_>,
    table: &str,
    deletable: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return run(manager, &sqlite(table, deletable)).await;
    }
    for statement in postgres(table, deletable) {
        run(manager, &[statement]).await?;
    }
    Ok(())
}

fn sqlite(table: &str, deletable: &str) -> [String; 2] {
    let refuse = format!("BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END");
    [
        format!("CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {refuse}"),
        format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} \
             WHEN NOT ({deletable}) {refuse}"
        ),
    ]
}

fn postgres(table: &str, deletable: &str) -> [String; 5] {
    let function = format!("{table}_append_only");
    [
        format!(
            "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF TG_OP = 'DELETE' THEN IF {deletable} THEN RETURN OLD; END IF; END IF; \
             RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        format!("DROP TRIGGER IF EXISTS {function} ON {table}"),
        format!(
            "CREATE TRIGGER {function} BEFORE UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
        format!("DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"),
        format!(
            "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        ),
    ]
}

async fn run(manager: &SchemaManager<'_>, statements: &[String]) -> Result<(), DbErr> {
    for sql in statements {
        match manager.get_connection().execute_unprepared(sql).await {
            Err(error) if !is_unsupported(&error) => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

fn is_unsupported(error: &DbErr) -> bool {
    let DbErr::Exec(RuntimeErr::SqlxError(cause)) = error else { return false };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == NOT_SUPPORTED)
}
