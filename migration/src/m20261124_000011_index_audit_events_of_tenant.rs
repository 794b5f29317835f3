//! Lets the audit events of a tenant be paged through in order.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("audit_events_of_tenant")
            .table("audit_events")
            .col("organization_id")
            .col("created_at")
            .col("id")
            .take();
        manager.create_index(index).await
    }
}
