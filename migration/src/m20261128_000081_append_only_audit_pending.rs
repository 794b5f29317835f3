//! Protects the audit events that have no position yet: each remains until it has one, or is deleted.

use sea_orm_migration::prelude::*;

use crate::append_only::{create_triggers, reject_replacement};

/// The triggers of events without a position.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DELETABLE: &str = "EXISTS \
    (SELECT 1 FROM audit_positions WHERE audit_positions.event_id = OLD.event_id) \
    OR NOT EXISTS (SELECT 1 FROM audit_events WHERE audit_events.id = OLD.event_id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers(manager, "audit_pending", DELETABLE).await?;
        let keys = ["existing.event_id = NEW.event_id"];
        reject_replacement(manager, "audit_pending", &keys).await
    }
}
