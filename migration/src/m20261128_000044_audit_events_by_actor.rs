//! Index for audit events of an organization by one actor, in order of time.

use sea_orm_migration::prelude::*;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .if_not_exists()
            .name("audit_events_by_actor")
            .table("audit_events")
            .col("organization_id")
            .col("actor_id")
            .col("created_at")
            .col("id")
            .take();
        manager.create_index(index).await
    }
}
