//! Lets the audit events that are older than their retention be found, whatever the organization.
//!
//! Not `CONCURRENTLY`: that waits for all older snapshots, also of replicas that wait for this very
//! migration to end.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("audit_events_by_age")
            .table("audit_events")
            .col("created_at")
            .take();
        manager.create_index(index).await
    }
}
