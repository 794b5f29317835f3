//! Creates the table of signed blocks of the audit log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// Blocks of the audit log.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut organization = ForeignKey::create()
            .name("audit_blocks_organization")
            .from("audit_blocks", "organization_id")
            .to("organizations", "id")
            .take();
        let mut table = Table::create();
        table.table("audit_blocks").if_not_exists();
        table.col(string_len("organization_id", 26)).col(big_integer("number"));
        table.col(big_integer("first_position")).col(big_integer("last_position"));
        table.col(integer("event_count")).col(timestamp_with_time_zone("last_event_at"));
        table.col(string_len("events_digest", 64)).col(string_len("previous_hash", 64));
        table.col(string_len("hash", 64)).col(text("signature"));
        table.col(string_len("signing_key_id", 26)).col(text("public_jwk"));
        table.col(timestamp_with_time_zone("created_at"));
        table.col(timestamp_with_time_zone_null("events_deleted_at"));
        table.primary_key(Index::create().col("organization_id").col("number"));
        manager.create_table(table.foreign_key(&mut organization).take()).await
    }
}
