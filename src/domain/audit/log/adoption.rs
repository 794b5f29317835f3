//! Adoption of events that a replica of an older version records during a rollout: it does not
//! mark them as pending.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::sequencer::LOCK;
use crate::app::App;
use crate::error::Result;
use crate::store::{self, in_transaction};

/// The age up to which events are adopted. Older ones are reported by `postern audit verify`.
const MAX_AGE: TimeDelta = TimeDelta::days(7);

/// The maximum number of events per transaction.
const BATCH_SIZE: u64 = 1_000;

/// The maximum number of transactions per run; the next run adopts the rest.
const BATCHES: u32 = 100;

/// The recent events outside of the log. An event and its mark become visible at once, so that none
/// of a transaction in progress is among them.
const OUTSIDE: &str = "SELECT event.id FROM audit_events AS event WHERE event.created_at > $1 \
    AND NOT EXISTS (SELECT 1 FROM audit_positions AS at WHERE at.event_id = event.id) \
    AND NOT EXISTS (SELECT 1 FROM audit_pending AS pending WHERE pending.event_id = event.id) \
    LIMIT 1000";

/// Marks recent events that are outside of the log as pending.
///
/// # Errors
/// The database does not respond.
pub async fn adopt_events(app: &App) -> Result<()> {
    let since = store::database_now(app.db.reader(), &app.clock).await? - MAX_AGE;
    let outside = statement(app.db.reader(), OUTSIDE, since);
    if app.db.reader().query_one_raw(outside).await?.is_none() {
        return Ok(());
    }
    let mut adopted = 0;
    for _ in 0..BATCHES {
        let batch = in_transaction!(app.db, transaction => {
            store::advisory_lock(transaction, LOCK).await?;
            Ok(adopt_batch(transaction, since).await?)
        })?;
        adopted += batch;
        if batch < BATCH_SIZE {
            break;
        }
    }
    tracing::info!(adopted, "audit events of an older version were added to the audit log");
    Ok(())
}

async fn adopt_batch(on: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<u64, DbErr> {
    let adopt = statement(on, &format!("INSERT INTO audit_pending (event_id) {OUTSIDE}"), since);
    Ok(on.execute_raw(adopt).await?.rows_affected())
}

fn statement(on: &impl ConnectionTrait, sql: &str, since: DateTime<Utc>) -> Statement {
    Statement::from_sql_and_values(on.get_database_backend(), sql, [since.into()])
}
