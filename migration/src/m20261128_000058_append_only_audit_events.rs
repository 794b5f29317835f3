//! Makes audit events append-only: none is updated, and only those from before the horizon are
//! deleted.

use sea_orm_migration::prelude::*;

use crate::append_only::create_triggers;

/// The triggers of audit events.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DELETABLE: &str =
    "EXISTS (SELECT 1 FROM audit_horizon WHERE OLD.created_at < audit_horizon.delete_before)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_triggers(manager, "audit_events", DELETABLE).await
    }
}
