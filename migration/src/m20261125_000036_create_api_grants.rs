//! Makes the table of what service accounts may do at APIs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tenant = |of: &'static str, to: &'static str, name: &'static str| {
            ForeignKey::create()
                .name(name)
                .from("api_grants", (of, "organization_id"))
                .to(to, ("id", "organization_id"))
                .on_delete(ForeignKeyAction::Cascade)
                .take()
        };
        let table = Table::create()
            .table("api_grants")
            .col(string_len("service_account_id", 26))
            .col(string_len("api_id", 26))
            .col(string_len("organization_id", 26))
            .col(text("scopes"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("service_account_id").col("api_id"))
            .foreign_key(&mut tenant(
                "service_account_id",
                "service_accounts",
                "api_grants_service_account",
            ))
            .foreign_key(&mut tenant("api_id", "apis", "api_grants_api"))
            .take();
        manager.create_table(table).await
    }
}
