//! Outcome of an audited attempt. Events of older versions are successes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("audit_events", "outcome").await? {
            return Ok(());
        }
        let column = string_len("outcome", 15).default("success").take();
        let change = Table::alter().table("audit_events").add_column(column).take();
        manager.alter_table(change).await
    }
}
