//! The index of SQLite that finds texts in the names of service accounts.

use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::error::Result;

/// One step of a merge. Each change of a name adds a part, and each search reads all parts. At most
/// about 500 pages are written, for which writers wait: some milliseconds, and with 1,000,000 names some
/// tens. If there is nothing to merge, nothing is written.
const MERGE: &str =
    "INSERT INTO service_account_names (service_account_names, rank) VALUES ('merge', 500)";

/// Merges parts of the index, so that searches read few. The index of PostgreSQL has no such parts.
///
/// # Errors
/// Database errors.
pub async fn merge_index(app: &App) -> Result<()> {
    if app.db.is_sqlite() {
        app.db.writer().execute_unprepared(MERGE).await?;
    }
    Ok(())
}
