//! Makes the table of the keys that sign tokens.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("signing_keys")
            .col(string_len("id", 26).primary_key())
            .col(string_len("algorithm", 16))
            .col(text("public_jwk"))
            .col(blob("sealed_private_key"))
            .col(timestamp_with_time_zone("created_at"))
            .take();
        manager.create_table(table).await
    }
}
