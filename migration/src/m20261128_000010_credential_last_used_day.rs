//! The day of the last usage of a credential, which lists are filtered and ordered by. The time itself
//! changes with each token, so PostgreSQL updates its row in place only while no index has it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, column) = ("credentials", "last_used_day");
        if !manager.has_column(table, column).await? {
            let add = Table::alter().table(table).add_column(integer(column).default(0)).take();
            manager.alter_table(add).await?;
        }
        let day = match manager.get_database_backend() {
            DbBackend::Sqlite => r#"CAST(strftime('%s', "last_used_at") AS INTEGER) / 86400"#,
            _ => r#"floor(extract(epoch FROM "last_used_at") / 86400)::integer"#,
        };
        let fill = format!(
            r#"UPDATE "credentials" SET "last_used_day" = {day}
               WHERE "last_used_at" IS NOT NULL AND "last_used_day" = 0"#
        );
        manager.get_connection().execute_unprepared(&fill).await.map(drop)
    }
}
