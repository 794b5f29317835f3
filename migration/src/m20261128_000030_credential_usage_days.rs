//! Creates the table of the days on which tokens were issued to credentials.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The days of usage of each credential.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each statement commits separately and skips existing objects.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("credential_usage_days")
            .if_not_exists()
            .col(string_len("credential_id", 26))
            // In days since 1970.
            .col(integer("day"))
            .col(big_integer("tokens_before"))
            .primary_key(Index::create().col("credential_id").col("day"))
            .foreign_key(
                ForeignKey::create()
                    .name("credential_usage_days_credential")
                    .from("credential_usage_days", "credential_id")
                    .to("credentials", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await?;
        // Deletion after the retention.
        let by_day = Index::create()
            .name("credential_usage_days_by_day")
            .table("credential_usage_days")
            .if_not_exists()
            .col("day")
            .take();
        manager.create_index(by_day).await
    }
}
