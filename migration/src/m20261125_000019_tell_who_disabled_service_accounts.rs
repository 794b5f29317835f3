//! Tells who disabled a service account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by = string_len_null("disabled_by", 26);
        let table = Table::alter().table("service_accounts").add_column(by).take();
        manager.alter_table(table).await
    }
}
