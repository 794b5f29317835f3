//! Makes the table of what creates were named by and what was answered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("idempotency_keys")
            .col(string_len("id", 43).primary_key())
            .col(string_len("organization_id", 26))
            .col(string_len("fingerprint", 43))
            .col(boolean("repeated"))
            .col(string_len("credential_id", 26))
            .col(text("bounds"))
            .col(blob("sealed_answer"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("idempotency_keys_organization")
                    .from("idempotency_keys", "organization_id")
                    .to("organizations", "id"),
            )
            .take();
        manager.create_table(table).await
    }
}
