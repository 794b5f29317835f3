//! Makes positions of audit events append-only: none is updated, and each is deleted with its event.

use sea_orm_migration::prelude::*;

use crate::append_only::create_triggers;

/// The triggers of positions.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DELETABLE: &str =
    "NOT EXISTS (SELECT 1 FROM audit_events WHERE audit_events.id = OLD.event_id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers(manager, "audit_positions", DELETABLE).await
    }
}
