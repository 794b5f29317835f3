//! Replaces the index of the audit events of all organizations by one that lists of one organization
//! cannot use: to find few events of an organization, PostgreSQL read those of all others in order.

use sea_orm_migration::prelude::*;

/// The indexes.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // The condition is true in all rows.
        let index = "CREATE INDEX IF NOT EXISTS audit_events_of_all ON audit_events (created_at, id) \
                     WHERE organization_id <> ''";
        connection.execute_unprepared(index).await?;
        connection.execute_unprepared("DROP INDEX IF EXISTS audit_events_by_age").await.map(drop)
    }
}
