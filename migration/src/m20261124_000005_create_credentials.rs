//! Makes the table of client ids and secret hashes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("credentials")
            .col(string_len("id", 26).primary_key())
            .col(string_len("organization_id", 26))
            .col(string_len("service_account_id", 26))
            .col(string_len_uniq("client_id", 21))
            .col(string("secret_hash"))
            .col(string_len("name", 255))
            .col(string_len_null("description", 500))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .col(timestamp_with_time_zone_null("not_before"))
            .col(integer("token_generation"))
            .foreign_key(
                ForeignKey::create()
                    .name("credentials_service_account")
                    .from("credentials", ("service_account_id", "organization_id"))
                    .to("service_accounts", ("id", "organization_id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await
    }
}
