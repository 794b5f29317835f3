//! Creates the table of the client addresses that requested tokens of credentials, by day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The client addresses of each day of usage.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each statement commits separately and skips existing objects.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("credential_usage_sources")
            .if_not_exists()
            .col(string_len("credential_id", 26))
            // In days since 1970.
            .col(integer("day"))
            .col(string_len("address", 45))
            .col(timestamp_with_time_zone("first_at"))
            .col(timestamp_with_time_zone("last_at"))
            .primary_key(Index::create().col("credential_id").col("day").col("address"))
            .foreign_key(
                ForeignKey::create()
                    .name("credential_usage_sources_day")
                    .from("credential_usage_sources", ("credential_id", "day"))
                    .to("credential_usage_days", ("credential_id", "day"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        // Room for updates of `last_at`, which then touch no index.
        let sql = r#"ALTER TABLE "credential_usage_sources" SET (fillfactor = 85)"#;
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }
}
