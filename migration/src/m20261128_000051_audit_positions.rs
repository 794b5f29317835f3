//! Creates the table of positions in the audit log: the order in which audit events were committed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// Positions of audit events.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut event = ForeignKey::create()
            .name("audit_positions_event")
            .from("audit_positions", "event_id")
            .to("audit_events", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .take();
        let mut table = Table::create();
        table.table("audit_positions").if_not_exists();
        table.col(big_integer("position").primary_key());
        table.col(string_len("event_id", 26).unique_key());
        table.col(string_len("organization_id", 26));
        manager.create_table(table.foreign_key(&mut event).take()).await
    }
}
