//! Random text in each block of the audit log. The hash of a block is published and covers positions, which
//! count the events of all organizations: without it, they could be guessed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len_null;

/// The nonce of blocks; null in blocks of an older version.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("audit_blocks", "nonce").await? {
            return Ok(());
        }
        let column = string_len_null("nonce", 64);
        let change = Table::alter().table("audit_blocks").add_column(column).take();
        manager.alter_table(change).await
    }
}
