//! Lets the credentials of a service account be read in order of creation.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("credentials_of_service_account")
            .table("credentials")
            .col("service_account_id")
            .col("created_at")
            .col("id")
            .take();
        manager.create_index(index).await
    }
}
