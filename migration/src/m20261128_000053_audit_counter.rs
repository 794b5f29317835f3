//! Creates the table with the last position of the audit log: one row, which outlives the events
//! that the retention deletes, so that no position is assigned twice.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The last position.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("audit_counter").if_not_exists();
        table.col(integer("id").primary_key()).col(big_integer("last_position"));
        manager.create_table(table.take()).await
    }
}
