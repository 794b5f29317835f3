//! The search for service accounts by a part of their names.
//!
//! PostgreSQL has an index by trigrams, with two extensions that come with it. Where they cannot be
//! created, each name is compared. SQLite compares each name, in an index that is smaller than the
//! table.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::optional::{self, NOT_SUPPORTED};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SQLITE: &str = "CREATE INDEX IF NOT EXISTS service_accounts_by_text ON service_accounts \
    (organization_id, created_at, id, lower(name))";

const POSTGRES: [&str; 3] = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE EXTENSION IF NOT EXISTS btree_gin",
    "CREATE INDEX IF NOT EXISTS service_accounts_by_text ON service_accounts \
     USING gin (organization_id, lower(name COLLATE \"C\") gin_trgm_ops) WITH (fastupdate = off)",
];

/// The SQLSTATE codes of an extension that is not there, that the role may not create, or that is in
/// a schema that is not searched.
const NOT_POSSIBLE: [&str; 4] = [NOT_SUPPORTED, "58P01", "42501", "42704"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            return manager.get_connection().execute_unprepared(SQLITE).await.map(drop);
        }
        let statements = POSTGRES.map(str::to_owned);
        optional::execute_if_possible(manager, &statements, &NOT_POSSIBLE).await.map(drop)
    }
}
