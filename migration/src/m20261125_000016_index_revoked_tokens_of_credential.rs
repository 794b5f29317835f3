//! Lets the revoked tokens of a credential go with it.

use sea_orm_migration::prelude::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("revoked_tokens_of_credential")
            .table("revoked_tokens")
            .col("credential_id")
            .col("jti")
            .take();
        manager.create_index(index).await
    }
}
