//! Adoption of events that a replica of an older version records during a rollout: it does not
//! mark them as pending.

use chrono::{DateTime, TimeDelta, Utc};

use super::Page;
use super::sequencer::LOCK;
use crate::app::App;
use crate::error::Result;
use crate::store::{self, in_transaction};

/// The age up to which events are adopted. Older ones are reported by `postern audit verify`.
const MAX_AGE: TimeDelta = TimeDelta::days(7);

/// The part of the time of a search that the next one covers again: longer than a transaction lasts
/// and than the clocks of replicas differ.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// Marks recent events that are outside of the log as pending: those since the search that returned
/// `since`, the first time those of the last seven days. Returns the start of the next search.
///
/// # Errors
/// The database does not respond.
pub async fn adopt_events(app: &App, since: Option<DateTime<Utc>>) -> Result<DateTime<Utc>> {
    let reader = app.db.reader();
    let now = store::database_now(reader, &app.clock).await?;
    let mut page = Some(Page::first(since.unwrap_or(now - MAX_AGE), now + OVERLAP));
    let mut adopted = 0;
    while let Some(current) = page {
        page = current.next(reader).await?;
        if !current.outside(reader).await?.is_empty() {
            // An event and its mark become visible at once: none of a transaction in progress is
            // among them.
            adopted += in_transaction!(app.db, transaction => {
                store::advisory_lock(transaction, LOCK).await?;
                current.mark_pending(transaction).await
            })?;
        }
    }
    if adopted > 0 {
        app.audit_log.record();
        tracing::info!(adopted, "audit events of an older version were added to the audit log");
    }
    Ok(now - OVERLAP)
}
