//! Creates the table with the key of the cursors of the audit log, one row, and the key: 244 random bits
//! or more from the database, so that all replicas have the same key.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The key of cursors.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("audit_cursor_key").if_not_exists();
        table.col(integer("id").primary_key()).col(string_len("secret", 64));
        manager.create_table(table.take()).await?;
        let random = match manager.get_database_backend() {
            DbBackend::Sqlite => "lower(hex(randomblob(32)))",
            _ => {
                "replace(CAST(gen_random_uuid() AS text) || CAST(gen_random_uuid() AS text), '-', '')"
            }
        };
        let insert = format!(
            "INSERT INTO audit_cursor_key (id, secret) SELECT 1, {random} \
             WHERE NOT EXISTS (SELECT 1 FROM audit_cursor_key)"
        );
        manager.get_connection().execute_unprepared(&insert).await.map(drop)
    }
}
