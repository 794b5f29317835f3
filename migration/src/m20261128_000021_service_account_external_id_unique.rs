//! The ids of service accounts in tools that declare them are unique in their organization. Accounts
//! without one do not count.

use sea_orm_migration::prelude::*;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .if_not_exists()
            .name("service_accounts_external_id")
            .table("service_accounts")
            .col("organization_id")
            .col("external_id")
            .unique()
            .take();
        manager.create_index(index).await
    }
}
