//! Makes the table of assertions by which clients have proven themselves, each once.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("used_assertions")
            .col(string_len("credential_id", 26))
            .col(string_len("jti_digest", 43))
            .col(string_len("organization_id", 26))
            .col(timestamp_with_time_zone("expires_at"))
            .primary_key(Index::create().col("credential_id").col("jti_digest"))
            .foreign_key(
                ForeignKey::create()
                    .name("used_assertions_credential")
                    .from("used_assertions", "credential_id")
                    .to("credentials", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await
    }
}
