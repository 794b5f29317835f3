//! Lets the holders of a role in a tenant be counted.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("role_bindings_of_tenant")
            .table("role_bindings")
            .col("organization_id")
            .col("role")
            .take();
        manager.create_index(index).await
    }
}
