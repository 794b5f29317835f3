//! The sequencer assigns positions to committed audit events.

use entity::{OrganizationId, audit_position};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use crate::app::App;
use crate::error::Result;
use crate::store::{self, in_transaction};

/// The lock of all changes to the log: positions, and the blocks over them.
pub const LOCK: &str = "audit_log";

/// The maximum number of events per transaction.
pub const BATCH_SIZE: u64 = 1_000;

/// The maximum number of transactions per run; the next run assigns the rest.
const BATCHES: u32 = 100;

/// The maximum number of positions that are searched for organizations with subscribers; after more,
/// all subscribers are woken.
const MAX_SEARCHED: i64 = 10_000;

/// The last position, and the number of pending events, at most one.
const STATE: &str = "SELECT last_position, \
    (SELECT count(*) FROM (SELECT 1 FROM audit_pending LIMIT 1) AS pending) FROM audit_counter WHERE id = 1";

/// Events of one commit keep the order of their times.
const ASSIGN: &str = "INSERT INTO audit_positions (position, event_id, organization_id) \
    SELECT $1 + row_number() OVER (ORDER BY event.created_at, event.id), event.id, \
    event.organization_id \
    FROM audit_pending AS pending JOIN audit_events AS event ON event.id = pending.event_id \
    ORDER BY event.created_at, event.id LIMIT 1000";

/// Only what was assigned: other events may have been committed meanwhile.
const ASSIGNED: &str = "DELETE FROM audit_pending WHERE event_id IN \
    (SELECT event_id FROM audit_positions WHERE position > $1)";

const ADVANCE: &str = "UPDATE audit_counter SET last_position = $1 WHERE id = 1";

/// Assigns positions to the events that are committed, and wakes those who wait for them. All
/// replicas may run it at the same time. Without pending events it is one cheap statement, and another one
/// if subscribers wait for events of other replicas.
///
/// # Errors
/// The database does not respond.
pub async fn assign_positions(app: &App) -> Result<()> {
    let (last, pending) = state(app.db.reader()).await?;
    report(app, last).await?;
    if pending == 0 {
        return Ok(());
    }
    for _ in 0..BATCHES {
        let (last, assigned) = in_transaction!(app.db, transaction => {
            store::advisory_lock(transaction, LOCK).await?;
            assign_batch(transaction).await
        })?;
        report(app, last).await?;
        if assigned < BATCH_SIZE {
            break;
        }
    }
    Ok(())
}

/// Wakes the subscribers of the organizations with new events, those of other replicas included.
async fn report(app: &App, last: i64) -> Result<()> {
    let Some(position) = app.audit_log.unreported(last) else { return Ok(()) };
    if last - position > MAX_SEARCHED {
        app.audit_log.report(last, None);
        return Ok(());
    }
    let found = audit_position::Entity::any_tenant_organizations(position, last);
    let found: Vec<OrganizationId> = found.into_tuple().all(app.db.reader()).await?;
    app.audit_log.report(last, Some(&found.into_iter().collect()));
    Ok(())
}

/// Assigns the next positions; returns the last one, and the number of events.
async fn assign_batch(on: &impl ConnectionTrait) -> Result<(i64, u64)> {
    let (before, _) = state(on).await?;
    let assigned = store::execute(on, ASSIGN, [before.into()]).await?;
    if assigned == 0 {
        return Ok((before, 0));
    }
    store::execute(on, ASSIGNED, [before.into()]).await?;
    let last = before.saturating_add_unsigned(assigned);
    store::execute(on, ADVANCE, [last.into()]).await?;
    Ok((last, assigned))
}

async fn state(on: &impl ConnectionTrait) -> Result<(i64, i64), DbErr> {
    let statement = Statement::from_string(on.get_database_backend(), STATE);
    let row: Option<QueryResult> = on.query_one_raw(statement).await?;
    let missing = || DbErr::RecordNotFound("audit_counter".to_owned());
    row.ok_or_else(missing)?.try_get_many_by_index()
}

/// The last position that was assigned.
pub(super) async fn last_position(on: &impl ConnectionTrait) -> Result<i64> {
    Ok(state(on).await?.0)
}
