//! Adoption of events that a replica of an older version records during a rollout: it does not
//! mark them as pending.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};

use super::outside;
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

/// Marks recent events that are outside of the log as pending.
///
/// # Errors
/// The database does not respond.
pub async fn adopt_events(app: &App) -> Result<()> {
    let since = store::database_now(app.db.reader(), &app.clock).await? - MAX_AGE;
    let (reader, outside) = (app.db.reader(), outside(">", BATCH_SIZE));
    let backend = reader.get_database_backend();
    let search = Statement::from_sql_and_values(backend, outside.as_str(), [since.into()]);
    if reader.query_one_raw(search).await?.is_none() {
        return Ok(());
    }
    // An event and its mark become visible at once: none of a transaction in progress is among them.
    let adopt = format!("INSERT INTO audit_pending (event_id) {outside}");
    let mut adopted = 0;
    for _ in 0..BATCHES {
        let batch = in_transaction!(app.db, transaction => {
            store::advisory_lock(transaction, LOCK).await?;
            Ok(store::execute(transaction, &adopt, [since.into()]).await?)
        })?;
        adopted += batch;
        if batch < BATCH_SIZE {
            break;
        }
    }
    app.audit_log.record();
    tracing::info!(adopted, "audit events of an older version were added to the audit log");
    Ok(())
}
