//! Deletion of the usage by day after its retention.

use entity::credential_usage_day;

use crate::app::App;
use crate::auth::usage::day_of;
use crate::error::Result;
use crate::store;

/// The number of days per statement, small enough that writers do not wait for it.
const BATCH_SIZE: u64 = 1_000;

/// The maximum number of statements per run; the next run deletes the rest.
const BATCHES: u32 = 100;

/// Deletes the usage of all organizations that is older than the retention, by the clock of the
/// database, which all replicas share.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let now = store::database_now(app.db.reader(), &app.clock).await?;
    // Today is the first of the stored days.
    let end = day_of(now - app.config.organizations.usage_retention) + 1;
    for _ in 0..BATCHES {
        let batch = credential_usage_day::Entity::delete_any_tenant_before(end, BATCH_SIZE);
        if batch.exec(app.db.writer()).await?.rows_affected < BATCH_SIZE {
            break;
        }
    }
    Ok(())
}
