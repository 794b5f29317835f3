//! Deletion of audit events that are older than their retention, where one is set: whole blocks of
//! the log, so that the remaining blocks can be verified.

use chrono::{DateTime, Utc};
use entity::{audit_block, audit_event, audit_position};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryTrait};

use super::log::{self, Page};
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
/// no position, and are not waiting for one. Once the blocks are deleted, few events are left.
async fn delete_outside(app: &App, end: DateTime<Utc>) -> Result<u64> {
    let reader = app.db.reader();
    let (mut deleted, mut page) = (0, Some(Page::first(DateTime::UNIX_EPOCH, end)));
    for _ in 0..BATCHES {
        let Some(current) = page else { break };
        page = current.next(reader).await?;
        if !current.outside(reader).await?.is_empty() {
            deleted += in_transaction!(app.db, transaction => {
                store::advisory_lock(transaction, log::LOCK).await?;
                current.delete(transaction).await
            })?;
        }
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
