//! Creates the table with the time before which audit events may be deleted: no row, or one that the
//! retention sets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The horizon of the audit log.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("audit_horizon").if_not_exists();
        table.col(integer("id").primary_key()).col(timestamp_with_time_zone("delete_before"));
        manager.create_table(table.take()).await
    }
}
