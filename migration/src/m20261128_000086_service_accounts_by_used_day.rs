//! Adds the ids to the index of the days on which service accounts were used, which finds them without
//! reading their rows.

use sea_orm_migration::prelude::*;

/// The index.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let index = "CREATE INDEX IF NOT EXISTS service_accounts_used_by_day ON service_accounts \
                     (organization_id, used_day, id)";
        connection.execute_unprepared(index).await?;
        let old = "DROP INDEX IF EXISTS service_accounts_by_used_day";
        connection.execute_unprepared(old).await.map(drop)
    }
}
