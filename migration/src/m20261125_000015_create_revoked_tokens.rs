//! Makes the table of tokens that were revoked before they ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("revoked_tokens")
            .col(string_len("jti", 26).primary_key())
            .col(string_len("organization_id", 26))
            .col(string_len("credential_id", 26))
            .col(timestamp_with_time_zone("expires_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("revoked_tokens_credential")
                    .from("revoked_tokens", "credential_id")
                    .to("credentials", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await
    }
}
