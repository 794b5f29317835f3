//! Deletion of audit events that are older than their retention, where one is set: whole blocks of
//! the log, so that the remaining blocks can be verified.

use chrono::{DateTime, Utc};
use entity::{audit_block, audit_event, audit_position};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryTrait, Statement};

use super::log;
use crate::app::App;
use crate::error::Result;
use crate::store::{self, in_transaction};

/// The number of events per transaction, small enough that writers do not wait for it.
const BATCH_SIZE: i32 = 1_000;

/// The maximum number of blocks per transaction.
const BLOCKS: u64 = 100;

/// The maximum number of transactions per run; the next run deletes the rest.
const BATCHES: u32 = 100;

/// Permits the deletion of older events. The triggers of the table reject it otherwise.
const RAISE_HORIZON: &str = "INSERT INTO audit_horizon (id, delete_before) VALUES (1, $1) \
    ON CONFLICT (id) DO UPDATE SET delete_before = excluded.delete_before \
    WHERE audit_horizon.delete_before < excluded.delete_before";

/// Events of an older version that were never added to the log: at most 1,000 per run, without the lock of
/// the log, as the search is long.
const DELETE_OUTSIDE: &str = "DELETE FROM audit_events WHERE id IN \
    (SELECT event.id FROM audit_events AS event WHERE event.created_at < $1 \
    AND NOT EXISTS (SELECT 1 FROM audit_positions AS at WHERE at.event_id = event.id) \
    AND NOT EXISTS (SELECT 1 FROM audit_pending AS pending WHERE pending.event_id = event.id) \
    LIMIT 1000)";

/// Deletes the audit events of all organizations that are older than the retention, by the clock of
/// the database, which all replicas share. Events that are in no closed block yet remain.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let Some(retention) = app.config.organizations.audit_retention else { return Ok(()) };
    let now = store::database_now(app.db.reader(), &app.clock).await?;
    let mut deleted = 0;
    for _ in 0..BATCHES {
        let batch = in_transaction!(app.db, transaction => {
            store::advisory_lock(transaction, log::LOCK).await?;
            delete_batch(transaction, now - retention, now).await
        })?;
        deleted += batch;
        if batch == 0 {
            break;
        }
    }
    deleted += in_transaction!(app.db, transaction => {
        Ok(execute(transaction, DELETE_OUTSIDE, now - retention).await?)
    })?;
    if deleted > 0 {
        tracing::info!(deleted, "audit events were deleted for their age");
    }
    Ok(())
}

async fn delete_batch(
    on: &impl ConnectionTrait,
    end: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    execute(on, RAISE_HORIZON, end).await?;
    let blocks = audit_block::Entity::any_tenant_before(end, BLOCKS).all(on).await?;
    let (mut events, mut deleted) = (0, 0);
    for block in blocks {
        events += block.event_count;
        if events > BATCH_SIZE {
            break;
        }
        let (first, last) = (block.first_position, block.last_position);
        let ids = audit_position::Entity::event_ids(&block.organization_id, first, last);
        let these = audit_event::Column::Id.in_subquery(ids.into_query());
        deleted += audit_event::Entity::delete_any_tenant(these).exec(on).await?.rows_affected;
        audit_block::Entity::mark_deleted(&block, now).exec(on).await?;
    }
    Ok(deleted)
}

async fn execute(on: &impl ConnectionTrait, sql: &str, end: DateTime<Utc>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, [end.into()]);
    Ok(on.execute_raw(statement).await?.rows_affected())
}
