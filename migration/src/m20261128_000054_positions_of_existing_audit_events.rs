//! Assigns positions to the audit events that exist, in order of their creation.
//!
//! Events that an older version records later have no position either; the server assigns those.

use sea_orm_migration::prelude::*;

/// Positions of existing audit events.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Only into an empty table: nothing happens when the migration runs again.
const POSITIONS: &str = "INSERT INTO audit_positions (position, event_id, organization_id) \
    SELECT row_number() OVER (ORDER BY created_at, id), id, organization_id FROM audit_events \
    WHERE NOT EXISTS (SELECT 1 FROM audit_positions) \
    AND NOT EXISTS (SELECT 1 FROM audit_counter) \
    ORDER BY created_at, id";

const COUNTER: &str = "INSERT INTO audit_counter (id, last_position) \
    SELECT 1, (SELECT coalesce(max(position), 0) FROM audit_positions) \
    WHERE NOT EXISTS (SELECT 1 FROM audit_counter)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [POSITIONS, COUNTER] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
