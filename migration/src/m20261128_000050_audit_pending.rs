//! Creates the table of audit events that have no position in the audit log yet.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// Audit events without a position.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut event = ForeignKey::create()
            .name("audit_pending_event")
            .from("audit_pending", "event_id")
            .to("audit_events", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .take();
        let mut table = Table::create();
        table.table("audit_pending").if_not_exists();
        table.col(string_len("event_id", 26).primary_key());
        manager.create_table(table.foreign_key(&mut event).take()).await
    }
}
