//! Lets idempotency keys that are too old be found.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("idempotency_keys_by_age")
            .table("idempotency_keys")
            .col("created_at")
            .take();
        manager.create_index(index).await
    }
}
