//! Lets a credential be a public key instead of a secret; an older version takes neither for it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table("credentials").add_column(text_null("public_key")).take();
        manager.alter_table(table).await
    }
}
