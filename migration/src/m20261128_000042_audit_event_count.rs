//! Number of equal attempts that one audit event stands for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("audit_events", "event_count").await? {
            return Ok(());
        }
        let column = big_integer("event_count").default(1).take();
        let change = Table::alter().table("audit_events").add_column(column).take();
        manager.alter_table(change).await
    }
}
