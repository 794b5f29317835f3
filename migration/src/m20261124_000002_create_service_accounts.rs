//! Makes the table of the machine identities.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("service_accounts")
            .col(string_len("id", 26).primary_key())
            .col(string_len("organization_id", 26))
            .col(string_len("name", 255))
            .col(string_len_null("description", 500))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("not_before"))
            .foreign_key(
                ForeignKey::create()
                    .name("service_accounts_organization")
                    .from("service_accounts", "organization_id")
                    .to("organizations", "id"),
            )
            .take();
        manager.create_table(table).await
    }
}
