//! Rejects the replacement of positions of audit events in SQLite, which passes the triggers of deletions.

use sea_orm_migration::prelude::*;

use crate::append_only::reject_replacement;

/// The trigger of inserts.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = ["existing.position = NEW.position", "existing.event_id = NEW.event_id"];
        reject_replacement(manager, "audit_positions", &keys).await
    }
}
