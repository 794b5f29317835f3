//! Leaves room on the pages of credentials, so that a new `last_used_at` stays on the page of its
//! row and touches no index. An embedded database writes rows in place.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let sql = r#"ALTER TABLE "credentials" SET (fillfactor = 70)"#;
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }
}
