//! Indexes for audit events of one credential, and of one request.

use sea_orm_migration::prelude::*;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [
            ("audit_events_by_credential", "credential_id"),
            ("audit_events_by_request", "request_id"),
        ] {
            let index = Index::create()
                .name(name)
                .table("audit_events")
                .col("organization_id")
                .col(column)
                .col("created_at")
                .col("id")
                .if_not_exists()
                .take();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
