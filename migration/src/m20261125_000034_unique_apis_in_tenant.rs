//! Lets what belongs to an API belong to its tenant, too.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("apis_in_tenant")
            .table("apis")
            .col("id")
            .col("organization_id")
            .unique()
            .take();
        manager.create_index(index).await
    }
}
