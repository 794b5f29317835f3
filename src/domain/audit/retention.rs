//! Deletion of audit events that are older than their retention, where one is set.

use chrono::{DateTime, Utc};
use entity::{AuditEventId, audit_event};
use sea_orm::{ConnectionTrait, QuerySelect};

use crate::app::App;
use crate::error::Result;
use crate::store::{self, in_transaction};

/// The number of events per transaction, small enough that writers do not wait for it.
const BATCH_SIZE: u64 = 1_000;

/// The maximum number of transactions per run; the next run deletes the rest.
const BATCHES: u32 = 100;

/// Deletes the audit events of all organizations that are older than the retention, by the clock of
/// the database, which all replicas share.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let Some(retention) = app.config.organizations.audit_retention else { return Ok(()) };
    let now = store::database_now(app.db.reader(), &app.clock).await?;
    let mut deleted = 0;
    for _ in 0..BATCHES {
        let batch = in_transaction!(app.db, transaction => {
            delete_batch(transaction, now - retention).await
        })?;
        deleted += batch;
        if batch < BATCH_SIZE {
            break;
        }
    }
    if deleted > 0 {
        tracing::info!(deleted, "audit events were deleted for their age");
    }
    Ok(())
}

async fn delete_batch(on: &impl ConnectionTrait, end: DateTime<Utc>) -> Result<u64> {
    let expired = audit_event::Entity::lock_any_tenant_before(end, BATCH_SIZE);
    let expired = expired.select_only().column(audit_event::Column::Id);
    let ids: Vec<AuditEventId> = expired.into_tuple().all(on).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let these = store::in_list(on, audit_event::Column::Id, ids.iter());
    Ok(audit_event::Entity::delete_any_tenant(these).exec(on).await?.rows_affected)
}
