//! Makes the table of who did what to which thing, and when.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("audit_events")
            .col(string_len("id", 26).primary_key())
            .col(string_len("organization_id", 26))
            .col(timestamp_with_time_zone("created_at"))
            .col(string_len("actor_kind", 31))
            .col(string_len_null("actor_id", 26))
            .col(string_len_null("actor_name", 255))
            .col(string_len_null("credential_id", 26))
            .col(string_len_null("client_address", 45))
            .col(string_len("action", 63))
            .col(string_len("target_kind", 31))
            .col(string_len("target_id", 26))
            .col(string_len_null("target_name", 255))
            .col(string_len_null("detail", 255))
            .col(text_null("changes"))
            .col(string_len("request_id", 128))
            .foreign_key(
                ForeignKey::create()
                    .name("audit_events_organization")
                    .from("audit_events", "organization_id")
                    .to("organizations", "id"),
            )
            .take();
        manager.create_table(table).await
    }
}
