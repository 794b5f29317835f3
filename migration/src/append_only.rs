//! Triggers that make a table append-only.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::optional;

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
    create_triggers_for(manager, table, deletable, "1 = 0").await
}

/// The same, where an update of the row `OLD` to `NEW` is accepted if `updatable` is true.
pub async fn create_triggers_for(
    manager: &SchemaManager<'_>,
    table: &str,
    deletable: &str,
    updatable: &str,
) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Sqlite => sqlite(table, deletable, updatable).to_vec(),
        _ => postgres(table, deletable, updatable).to_vec(),
    };
    optional::create_triggers(manager, &statements).await.map(drop)
}

/// Rejects an insert in SQLite that one of `keys`, the unique keys of `table`, has a row for:
/// `INSERT OR REPLACE` would delete that row without a trigger. Also by the row id, which is a key.
///
/// PostgreSQL has no such statement: there, `ON CONFLICT DO UPDATE` is an update.
pub async fn reject_replacement(
    manager: &SchemaManager<'_>,
    table: &str,
    keys: &[&str],
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let exists = |key: &str| format!("EXISTS (SELECT 1 FROM {table} AS existing WHERE {key})");
    let exists: Vec<_> = keys.iter().map(|key| exists(key)).collect();
    let refuse = refuse(table);
    let trigger = format!(
        "CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} \
         WHEN {} OR EXISTS (SELECT 1 FROM {table} AS existing WHERE existing.rowid = NEW.rowid) \
         {refuse}",
        exists.join(" OR ")
    );
    optional::create_triggers(manager, &[trigger]).await.map(drop)
}

fn refuse(table: &str) -> String {
    format!("BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
}

fn sqlite(table: &str, deletable: &str, updatable: &str) -> [String; 2] {
    let refuse = refuse(table);
    [
        format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} \
             WHEN NOT ({updatable}) {refuse}"
        ),
        format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} \
             WHEN NOT ({deletable}) {refuse}"
        ),
    ]
}

fn postgres(table: &str, deletable: &str, updatable: &str) -> [String; 5] {
    let function = format!("{table}_append_only");
    [
        format!(
            "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF TG_OP = 'DELETE' THEN IF {deletable} THEN RETURN OLD; END IF; END IF; \
             IF TG_OP = 'UPDATE' THEN IF {updatable} THEN RETURN NEW; END IF; END IF; \
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
