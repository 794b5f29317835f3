//! Creates the index of the blocks whose events the retention deletes, by age.

use sea_orm_migration::prelude::*;

/// The index of blocks by age.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create();
        index.name("audit_blocks_by_age").if_not_exists().table("audit_blocks");
        manager.create_index(index.col("events_deleted_at").col("last_event_at").take()).await
    }
}
