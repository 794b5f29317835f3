//! Reason for which an audited attempt was denied or failed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len_null;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("audit_events", "reason").await? {
            return Ok(());
        }
        let column = string_len_null("reason", 63);
        let change = Table::alter().table("audit_events").add_column(column).take();
        manager.alter_table(change).await
    }
}
