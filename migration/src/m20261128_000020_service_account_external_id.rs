//! The ids of service accounts in tools that declare them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len_null;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("service_accounts", "external_id").await? {
            return Ok(());
        }
        let column = string_len_null("external_id", 255);
        let add = Table::alter().table("service_accounts").add_column(column).take();
        manager.alter_table(add).await
    }
}
