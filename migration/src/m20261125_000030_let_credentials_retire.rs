//! Lets a credential that is being replaced end at a deadline.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("retires_at");
        let table = Table::alter().table("credentials").add_column(column).take();
        manager.alter_table(table).await
    }
}
