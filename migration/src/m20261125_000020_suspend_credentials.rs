//! Tells with each credential whether its service account is disabled, so that one row tells
//! whether it is live.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let suspended = boolean("suspended").default(false).take();
        let table = Table::alter().table("credentials").add_column(suspended).take();
        manager.alter_table(table).await
    }
}
