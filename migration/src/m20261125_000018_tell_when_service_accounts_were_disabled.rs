//! Lets service accounts be disabled.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let at = timestamp_with_time_zone_null("disabled_at");
        let table = Table::alter().table("service_accounts").add_column(at).take();
        manager.alter_table(table).await
    }
}
