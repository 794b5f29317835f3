//! Keeps from when a signing key signs. A key without it, such as an older version makes, signs
//! from when it was made.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("signing_keys")
            .add_column(timestamp_with_time_zone_null("activates_at"))
            .take();
        manager.alter_table(table).await
    }
}
