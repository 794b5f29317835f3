//! The trigrams of the names of service accounts in SQLite, for the search by a part of a name.
//!
//! They replace the index that has each name: SQLite chose it for other filters too, whose own indexes
//! find their rows sooner. For the same reason, the index of accounts whose credentials end becomes as
//! small as that of the list. The full-text search has integers as keys.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const STATEMENTS: [&str; 10] = [
    "DROP INDEX IF EXISTS service_accounts_by_text",
    "DROP INDEX IF EXISTS service_accounts_ending",
    "CREATE INDEX service_accounts_ending ON service_accounts (organization_id, created_at, id) \
     WHERE active_until IS DISTINCT FROM '9999-12-31T23:59:59.999999+00:00'",
    "CREATE TABLE IF NOT EXISTS service_account_numbers (\
       number integer PRIMARY KEY, service_account_id varchar(26) NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS service_account_names USING fts5(name, tokenize = 'trigram')",
    "CREATE TRIGGER IF NOT EXISTS service_account_names_insert AFTER INSERT ON service_accounts BEGIN \
       INSERT INTO service_account_numbers (service_account_id) VALUES (NEW.id); \
       INSERT INTO service_account_names (rowid, name) \
       SELECT number, NEW.name FROM service_account_numbers WHERE service_account_id = NEW.id; \
     END",
    "CREATE TRIGGER IF NOT EXISTS service_account_names_update AFTER UPDATE OF name ON service_accounts \
     WHEN NEW.name <> OLD.name BEGIN \
       UPDATE service_account_names SET name = NEW.name WHERE rowid = \
       (SELECT number FROM service_account_numbers WHERE service_account_id = NEW.id); \
     END",
    "CREATE TRIGGER IF NOT EXISTS service_account_names_delete AFTER DELETE ON service_accounts BEGIN \
       DELETE FROM service_account_names WHERE rowid = \
       (SELECT number FROM service_account_numbers WHERE service_account_id = OLD.id); \
       DELETE FROM service_account_numbers WHERE service_account_id = OLD.id; \
     END",
    "INSERT INTO service_account_numbers (service_account_id) \
     SELECT id FROM service_accounts WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO service_account_names (rowid, name) \
     SELECT number, name FROM service_account_numbers \
     JOIN service_accounts ON service_accounts.id = service_account_id \
     WHERE number NOT IN (SELECT rowid FROM service_account_names)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        for sql in STATEMENTS {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
