//! Events outside of the log: those of an older version, which gave them no position and did not mark
//! them as pending. They are searched for page by page, so that no statement reads all events.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::error::Result;
use crate::store;

/// The events before `$1` and after the event of `$2` and `$3`, oldest first. The index of all
/// organizations has the condition on the id, which is always true.
const EVENTS: &str = "SELECT created_at, id FROM audit_events \
    WHERE organization_id <> '' AND created_at < $1 \
    AND created_at >= $2 AND (created_at > $2 OR id > $3) ORDER BY created_at, id";

/// A page of 1,000 events of all organizations, some of which may be outside of the log.
#[derive(Debug)]
pub struct Page {
    before: DateTime<Utc>,
    after: (DateTime<Utc>, String),
}

impl Page {
    /// The first page of the events from `start` on and before `before`.
    pub fn first(start: DateTime<Utc>, before: DateTime<Utc>) -> Self {
        Self { before, after: (start, String::new()) }
    }

    /// The page after this one; `None` if this is the last.
    pub async fn next(&self, on: &impl ConnectionTrait) -> Result<Option<Self>> {
        let last = format!("{EVENTS} LIMIT 1 OFFSET 999");
        let row = on.query_one_raw(self.statement(on, &last)).await?;
        let after = row.map(|row| row.try_get_many_by_index()).transpose()?;
        Ok(after.map(|after| Self { before: self.before, after }))
    }

    /// The ids of the events that are outside of the log.
    pub async fn outside(&self, on: &impl ConnectionTrait) -> Result<Vec<String>> {
        let rows = on.query_all_raw(self.statement(on, &outside())).await?;
        let ids: Result<_, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        Ok(ids?)
    }

    /// Marks them as pending, and returns their number. The caller holds the lock of the log.
    pub async fn mark_pending(&self, on: &impl ConnectionTrait) -> Result<u64> {
        let insert = format!("INSERT INTO audit_pending (event_id) {}", outside());
        Ok(store::execute(on, &insert, self.values()).await?)
    }

    /// Deletes them, and returns their number. The caller holds the lock of the log.
    pub async fn delete(&self, on: &impl ConnectionTrait) -> Result<u64> {
        let delete = format!("DELETE FROM audit_events WHERE id IN ({})", outside());
        Ok(store::execute(on, &delete, self.values()).await?)
    }

    fn statement(&self, on: &impl ConnectionTrait, sql: &str) -> Statement {
        Statement::from_sql_and_values(on.get_database_backend(), sql, self.values())
    }

    fn values(&self) -> [Value; 3] {
        [self.before.into(), self.after.0.into(), self.after.1.as_str().into()]
    }
}

fn outside() -> String {
    format!(
        "SELECT event.id FROM ({EVENTS} LIMIT 1000) AS event \
        WHERE NOT EXISTS (SELECT 1 FROM audit_positions AS at WHERE at.event_id = event.id) \
        AND NOT EXISTS (SELECT 1 FROM audit_pending AS pending WHERE pending.event_id = event.id)"
    )
}
