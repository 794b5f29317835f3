//! Deletion of expired rows.

use chrono::{DateTime, Utc};
use entity::Expiring;

use super::Db;
use crate::error::Result;

/// Deletes the rows of all organizations that expired at `end` or before, in one statement.
///
/// # Errors
/// The database fails.
pub async fn delete_expired<E: Expiring>(db: &Db, end: DateTime<Utc>) -> Result<()> {
    E::delete_any_tenant_until(end).exec(db.writer()).await?;
    Ok(())
}
