//! Lets a tenant's service accounts be paged through in order of creation.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("service_accounts_of_tenant")
            .table("service_accounts")
            .col("organization_id")
            .col("created_at")
            .col("id")
            .take();
        manager.create_index(index).await
    }
}
