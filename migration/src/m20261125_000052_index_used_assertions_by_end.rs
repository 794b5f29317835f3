//! Lets used assertions that have ended be found and deleted.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("used_assertions_by_end")
            .table("used_assertions")
            .col("expires_at")
            .take();
        manager.create_index(index).await
    }
}
