//! Lets the audit events that are older than their retention be found, whatever the organization.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// This change.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            // The table may be large, and servers write to it. What an earlier attempt that was cut off
            // has left is not used by any query.
            let db = manager.get_connection();
            db.execute_unprepared("DROP INDEX IF EXISTS audit_events_by_age").await?;
            let create =
                "CREATE INDEX CONCURRENTLY audit_events_by_age ON audit_events (created_at)";
            db.execute_unprepared(create).await?;
            return Ok(());
        }
        let index = Index::create()
            .name("audit_events_by_age")
            .table("audit_events")
            .col("created_at")
            .take();
        manager.create_index(index).await
    }
}
