//! Tells since when a credential is being replaced by another.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("rotation_began_at");
        let table = Table::alter().table("credentials").add_column(column).take();
        manager.alter_table(table).await
    }
}
