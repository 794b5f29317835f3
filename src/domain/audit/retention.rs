//! Deletion of audit events that are older than their retention, where one is set: whole blocks of
//! the log, so that the remaining blocks can be verified.

use chrono::{DateTime, Utc};
use entity::{audit_block, audit_event, audit_position};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryTrait, Statement};

use super::log::{self, OUTSIDE};
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

/// The events before `$1` and after the event of `$2` and `$3`, oldest first. Once the blocks are
/// deleted, few are left.
const PAGE: &str = "SELECT id, created_at FROM audit_events WHERE created_at < $1 \
    AND created_at >= $2 AND (created_at > $2 OR id > $3) ORDER BY created_at, id LIMIT 1000";

/// Deletes the audit events of all organizations that are older than the retention, by the clock of
/// the database, which all replicas share. Events that are in no closed block yet remain.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let Some(retention) = app.config.organizations.audit_retention else { return Ok(()) };
    let now = store::database_now(app.db.reader(), &app.clock).await?;
    let (mut deleted, mut is_done) = (0, false);
    for _ in 0..BATCHES {
        let batch = in_transaction!(app.db, transaction => {
            store::advisory_lock(transaction, log::LOCK).await?;
            delete_batch(transaction, now - retention, now).await
        })?;
        deleted += batch;
        is_done = batch == 0;
        if is_done {
            break;
        }
    }
    if is_done {
        deleted += delete_outside(app, now - retention).await?;
    }
    if deleted > 0 {
        tracing::info!(deleted, "audit events were deleted for their age");
    }
    Ok(())
}

/// Deletes the events before `end` that an older version recorded and that are in no block: they have
/// no position, and are not waiting for one.
async fn delete_outside(app: &App, end: DateTime<Utc>) -> Result<u64> {
    let reader = app.db.reader();
    let backend = reader.get_database_backend();
    let last = format!("SELECT id, created_at FROM ({PAGE}) AS page LIMIT 1 OFFSET 999");
    let search = format!("SELECT event.id FROM ({PAGE}) AS event WHERE {OUTSIDE} LIMIT 1");
    let delete = format!(
        "DELETE FROM audit_events WHERE id IN (SELECT event.id FROM ({PAGE}) AS event WHERE {OUTSIDE})"
    );
    let (mut deleted, mut after) = (0, (DateTime::UNIX_EPOCH, String::new()));
    for _ in 0..BATCHES {
        let page = [end.into(), after.0.into(), after.1.as_str().into()];
        let last = Statement::from_sql_and_values(backend, &last, page.clone());
        let last = reader.query_one_raw(last).await?;
        let search = Statement::from_sql_and_values(backend, &search, page.clone());
        if reader.query_one_raw(search).await?.is_some() {
            deleted += in_transaction!(app.db, transaction => {
                store::advisory_lock(transaction, log::LOCK).await?;
                Ok(store::execute(transaction, &delete, page.clone()).await?)
            })?;
        }
        let Some(last) = last else { break };
        after = (last.try_get_by_index(1)?, last.try_get_by_index(0)?);
    }
    Ok(deleted)
}

async fn delete_batch(
    on: &impl ConnectionTrait,
    end: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64> {
    store::execute(on, RAISE_HORIZON, [end.into()]).await?;
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
