//! Creates the index of the positions of an organization, in their order.

use sea_orm_migration::prelude::*;

/// The index of the positions of an organization.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create();
        index.name("audit_positions_of_tenant").if_not_exists().table("audit_positions");
        manager.create_index(index.col("organization_id").col("position").take()).await
    }
}
