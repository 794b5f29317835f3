//! Adds restrictions to credentials.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = text_null("restrictions");
        let table = Table::alter().table("credentials").add_column(column).take();
        manager.alter_table(table).await
    }
}
