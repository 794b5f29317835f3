//! Lets the identifier prefixes of a tenant be listed in their order.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("identifier_prefixes_of_tenant")
            .table("identifier_prefixes")
            .col("organization_id")
            .col("prefix")
            .take();
        manager.create_index(index).await
    }
}
