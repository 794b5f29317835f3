//! Lets the grants of an API go with it.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("api_grants_of_api")
            .table("api_grants")
            .col("api_id")
            .col("organization_id")
            .take();
        manager.create_index(index).await
    }
}
