//! Lets other tables point at a service account together with its tenant.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("service_accounts_in_tenant")
            .table("service_accounts")
            .col("id")
            .col("organization_id")
            .unique()
            .take();
        manager.create_index(index).await
    }
}
